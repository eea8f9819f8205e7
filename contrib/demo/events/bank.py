# SPDX-License-Identifier: EUPL-1.2
"""The bank's files: BgMax for the first year, camt.054 from then on. All payers are invented."""
import datetime
import os
from xml.sax.saxutils import escape

CAMT_FROM = datetime.date(2007, 5, 1)
BANKGIRO = "9912346"
NAMES = ["Alm", "Berg", "Dahl", "Ek", "Fors", "Gran", "Hed", "Lind", "Moberg", "Näs", "Öst"]


class Payment:
    def __init__(self, day, case, amount, stated, reversal=False):
        self.day, self.case, self.amount, self.stated = day, case, amount, stated
        self.reversal = reversal
        self.says_nothing = False  # of use: nobody can tell whose rent it is
        self.number = 0            # the bank's own

    def anew(self, day, reversal=False):
        return Payment(day, self.case, self.amount, self.stated, reversal)

    @property
    def id(self):
        return f"BG-{self.number:05d}"

    @property
    def message(self):
        """What stands in it besides a number; some write the case, as it stands in their letters."""
        return "hyra" if self.says_nothing else f"hyra {self.case}"

    @property
    def payer(self):
        return f"Inbetalare {NAMES[self.number % len(NAMES)]}"


def order(payment):
    return payment.day, payment.case, payment.reversal


def by_day(payments):
    return [(day, [payment for payment in payments if payment.day == day])
            for day in sorted({payment.day for payment in payments})]


def write(folder, day, through, payments):
    """The file of a morning. Its name, and how kedjactl is told what the file does not tell."""
    if day < CAMT_FROM:
        name = f"bgmax-{through:%Y%m%d}.txt"
        with open(os.path.join(folder, name), "w", encoding="iso-8859-1", newline="") as file:
            file.writelines(line.ljust(80) + "\r\n" for line in bgmax(day, payments))
        return name, ["--covers-through", through.isoformat()]
    name = f"camt054-{through:%Y%m%d}.xml"
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(camt054(day, through, payments))
    return name, []


# --- BgMax --------------------------------------------------------------------------------------

def bgmax(day, payments):
    """A section for each day on which something was paid."""
    sections = by_day(payments)
    yield f"01{'BGMAX':20}01{day:%Y%m%d}060000000000P"
    for serial, (paid_on, of_day) in enumerate(sections, 1):
        yield f"05{BANKGIRO:0>10}{'':10}SEK"
        for payment in of_day:
            yield from bgmax_payment(payment)
        total = sum(-payment.amount if payment.reversal else payment.amount for payment in of_day)
        yield f"15{'':0>35}{paid_on:%Y%m%d}{serial:05}{total:018}SEK{len(of_day):08}K"
    back = sum(payment.reversal for payment in payments)
    yield f"70{len(payments) - back:08}{back:08}{0:08}{len(sections):08}"


def bgmax_payment(payment):
    record = "21" if payment.reversal else "20"
    code = "2" if payment.stated else "0"
    deduction = "0" if payment.reversal else " "
    yield (f"{record}{'':0>10}{payment.stated or '':25}{payment.amount:018}{code}1"
           f"{payment.number:012}0{deduction}")
    if payment.stated is None:
        yield f"25{payment.message}"
    yield f"26{payment.payer}"


# --- camt.054 -----------------------------------------------------------------------------------

def camt054(day, through, payments):
    made = f"{day}T05:12:00+02:00"
    entries = "".join(camt_entries(payments))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
<BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M{through:%Y%m%d}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>
<Ntfctn><Id>N{through:%Y%m%d}</Id><CreDtTm>{made}</CreDtTm>
<Acct><Id><Othr><Id>{BANKGIRO}</Id><SchmeNm><Prtry>BGNR</Prtry></SchmeNm></Othr></Id></Acct>
{entries}</Ntfctn>
</BkToCstmrDbtCdtNtfctn>
</Document>
"""


def camt_entries(payments):
    """What came in with a number is one entry a day, with many transactions; the rest is single."""
    for paid_on, of_day in by_day(payments):
        together = [payment for payment in of_day if payment.stated and not payment.reversal]
        if together:
            yield camt_entry(paid_on, f"BG{paid_on:%Y%m%d}", together)
        for payment in of_day:
            if payment not in together:
                yield camt_entry(paid_on, payment.id, [payment])


def kronor(amount):
    return f'<Amt Ccy="SEK">{amount // 100}.{amount % 100:02}</Amt>'


def camt_entry(paid_on, reference, payments):
    way = "DBIT" if payments[0].reversal else "CRDT"
    back = "<RvslInd>true</RvslInd>" if payments[0].reversal else ""
    batch = f"<Btch><NbOfTxs>{len(payments)}</NbOfTxs></Btch>" if len(payments) > 1 else ""
    total = sum(payment.amount for payment in payments)
    return f"""<Ntry>{kronor(total)}<CdtDbtInd>{way}</CdtDbtInd>{back}<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{paid_on}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>VCOM</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls>{batch}
{"".join(camt_transaction(payment, way) for payment in payments)}</NtryDtls></Ntry>
"""


def camt_transaction(payment, way):
    if payment.stated:
        told = (f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
                f"<Ref>{payment.stated}</Ref></CdtrRefInf></Strd>")
    else:
        told = f"<Ustrd>{escape(payment.message)}</Ustrd>"
    return (f"<TxDtls><Refs><AcctSvcrRef>{payment.id}</AcctSvcrRef></Refs>{kronor(payment.amount)}"
            f"<CdtDbtInd>{way}</CdtDbtInd>\n<RltdPties><Dbtr><Pty><Nm>{escape(payment.payer)}</Nm>"
            f"</Pty></Dbtr></RltdPties><RmtInf>{told}</RmtInf></TxDtls>\n")
