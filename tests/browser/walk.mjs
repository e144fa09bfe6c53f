// Walks through the dashboard as a person does. It says on standard output what it needs ("ask TITLE": an agent shall ask
// for a page of that title), and "done" when all was as it should be.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [url, name, secret] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;
const wrong = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

// A page in which whatever should not happen is noted: dialogs, errors, what the policy for content stops, requests
// elsewhere.
async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("dialog", (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => wrong.push(`an error: ${error.message}`));
  page.on("console", (line) => { if (line.type() === "error") wrong.push(`the console: ${line.text()}`); });
  page.on("request", (request) => { if (!request.url().startsWith(url)) wrong.push(`a request to ${request.url()}`); });
  return page;
}

// Nothing that keeps people from reading or using the page, and no scrolling sideways.
async function check(page, what) {
  const found = await page.evaluate(async (axe) => {
    // In a world of its own, past the policy: it is not the page's.
    new Function(axe)();
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }, axe);
  wrong.push(...found.map((one) => `${what}: ${one}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) wrong.push(`${what} is ${wide} pixels too wide`);
}

async function shoot(page, what) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${what}.png`, fullPage: true });
}

async function signIn(page) {
  await page.goto(`${url}/`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Secret").fill(secret);
  await page.getByRole("button", { name: "Sign in" }).press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

// Every page reads well, on a telephone and a desk, light and dark.
for (const width of [360, 1440]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const shown = `${width}-${colorScheme}`;
    await page.goto(`${url}/sign-in`);
    await check(page, `sign-in ${shown}`);
    await signIn(page);
    for (const path of ["/", "/approvals", "/approvals?which=all", "/activity"]) {
      await page.goto(url + path);
      await check(page, `${path} ${shown}`);
      await shoot(page, `${path.replace(/\W+/g, "-").replace(/^-$/, "overview").replace(/^-/, "")}-${shown}`);
    }
    await page.goto(`${url}/approvals`);
    await page.locator("a[data-row]").first().click();
    await page.getByRole("heading", { name: "What changes" }).waitFor();
    await check(page, `approval ${shown}`);
    await shoot(page, `approval-${shown}`);
    await page.context().close();
  }
}

// Without anything bypassed: what an agent asks for appears by itself, and the keyboard decides.
const page = await open({ viewport: { width: 1280, height: 800 } });
await signIn(page);
for (const href of ["/activity", "/approvals"]) {
  await page.goto(url + href);
  for (const write of await page.locator("a[data-row]").evaluateAll((links) => links.map((link) => link.href))) {
    await page.goto(write);
  }
}
await page.getByRole("link", { name: "Approvals" }).click();
await page.getByRole("heading", { name: "Approvals" }).waitFor();
console.log("ask Walk approve");
await page.getByRole("link", { name: /Walk approve/ }).waitFor();
console.log("ask Walk deny");
await page.getByRole("link", { name: /Walk deny/ }).waitFor();

async function choose(title) {
  await page.goto(`${url}/approvals`);
  for (let step = 0; step < 200; step += 1) {
    await page.keyboard.press("j");
    if ((await page.evaluate(() => document.activeElement.textContent)).includes(title)) break;
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: new RegExp(title) }).waitFor();
}

await choose("Walk approve");
await page.keyboard.press("a");
await page.keyboard.press("Enter");
await page.getByText(`approved by ${name}`).waitFor();
await choose("Walk deny");
await page.keyboard.press("d");
await page.keyboard.type("not today");
await page.keyboard.press("Enter");
await page.getByText(`denied by ${name}`).waitFor();
await page.getByText("not today").waitFor();

// Whatever was in a title or a body was shown, and none of it ran.
if (await page.evaluate(() => window.injected !== undefined)) wrong.push("something that was injected ran");
await page.getByRole("button", { name: "Sign out" }).click();
await page.getByRole("heading", { name: "Sign in" }).waitFor();
await browser.close();

if (wrong.length > 0) {
  console.error([...new Set(wrong)].join("\n"));
  process.exit(1);
}
console.log("done");
