# SPDX-License-Identifier: EUPL-1.2
"""Letters as a browser shows them: on a phone, a tablet and a desk, light and dark, at twice the size, and
without styles. Nothing may stick out of the page,
and every text must stand out from what is behind it (WCAG 2.1, 1.4.3: at least 4.5 to 1).

usage: pictures.py FOLDER PAGE.html...     pictures go to FOLDER; a line for each complaint, exit 1
"""

import os
import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

WIDTHS = (360, 768, 1280)

# What the page says of itself: elements that are wider than their place, and the contrast of texts.
LOOK = """
function channels(text) { return text.match(/[0-9.]+/g).map(Number); }
function light(c) {
  return c.slice(0, 3).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
}
function behind(element) {
  for (let e = element; e; e = e.parentElement) {
    const c = channels(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
}
const found = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) found.push('the page is ' + root.scrollWidth + ' wide in ' + root.clientWidth);
for (const e of document.body.querySelectorAll('*')) {
  if (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1) found.push(e.tagName + ' overflows: ' + e.textContent.slice(0, 40));
  if (e.getBoundingClientRect().right > root.clientWidth + 1) found.push(e.tagName + ' sticks out: ' + e.textContent.slice(0, 40));
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const [a, b] = [light(channels(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) found.push('contrast ' + contrast.toFixed(2) + ': ' + e.textContent.slice(0, 40));
  if (parseFloat(getComputedStyle(e).fontSize) < 14) found.push('small: ' + e.textContent.slice(0, 40));
}
return found;
"""

BARE = "document.querySelectorAll('style').forEach(e => e.remove());" \
       "document.querySelectorAll('[style]').forEach(e => e.removeAttribute('style'));"


def browser(profile):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--hide-scrollbars", f"--user-data-dir={profile}"):
        options.add_argument(word)
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def look_at(driver, page, folder):
    complaints = []
    for width in WIDTHS:
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": width < 600})
        for scheme in ("light", "dark"):
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            driver.get(pathlib.Path(page).resolve().as_uri())
            name = f"{pathlib.Path(page).stem}-{width}-{scheme}.png"
            driver.save_screenshot(os.path.join(folder, name))
            complaints += [f"{name}: {text}" for text in driver.execute_script(LOOK)]
    # twice the size is half the room; and what a mail program that takes styles away leaves
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": WIDTHS[-1] // 2, "height": 700, "deviceScaleFactor": 2, "mobile": False})
    for name, script in (("twice", ""), ("plain", BARE)):
        driver.execute_script(script)
        name = f"{pathlib.Path(page).stem}-{name}.png"
        driver.save_screenshot(os.path.join(folder, name))
        complaints += [f"{name}: {text}" for text in driver.execute_script(LOOK) if script == "" or "contrast" not in text]
    return complaints


def main(folder, pages):
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            complaints = [line for page in pages for line in look_at(driver, page, folder)]
        finally:
            driver.quit()
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
