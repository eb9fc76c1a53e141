using System.Globalization;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests.Contacts;

/// <summary>
/// The table of a big account: every row is one jump away, up to the last one (mautic #14369: a page of contacts took a minute at ten million).
/// <c>CONSOLE_CONTACTS=1000000</c> makes it as big as a table can be drawn.
/// </summary>
public sealed class BigTableTests(Browser browser) : IClassFixture<Browser>
{
    // As many rows as the service sorts by a value.
    private const int Sorted = 100_000;

    private static readonly int s_contacts = int.Parse(Environment.GetEnvironmentVariable("CONSOLE_CONTACTS") ?? "200000", CultureInfo.InvariantCulture);

    [BrowserFact]
    public async Task The_table_jumps_to_its_last_row_in_every_order()
    {
        await using var apps = await TestApps.StartAsync();
        var account = await BigAccount.CreateAsync(apps, s_contacts);
        await using var console = await ConsoleProcess.StartAsync(apps);
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync($"/{account}/contacts");
        await page.ReadAsync(".count", s_contacts.ToString("N0", CultureInfo.InvariantCulture));

        await page.SeeAsync(".contact-table td a");

        // Chromium cuts off what is higher than 33,554,432 pixels, and with it the last rows.
        await JumpAsync(page, "1");
        await SeeRowAsync(page, s_contacts);
        await JumpAsync(page, "0.5");
        await SeeRowAsync(page, s_contacts / 2);
        await page.ShootAsync("contacts-big");

        // They are sorted by number, ascending; a click turns the order around.
        await page.ClickAsync(".contact-table th:nth-child(2) .rz-column-title");
        await page.Page.WaitForFunctionAsync("() => location.search.includes('sort=-contact_id')");
        await JumpAsync(page, "0");
        await SeeRowAsync(page, s_contacts);

        await page.ClickAsync(".contact-table th:nth-child(4) .rz-column-title");
        await page.ReadAsync(".scroll-end", Sorted.ToString("N0", CultureInfo.InvariantCulture));
        await JumpAsync(page, "1");
        await page.ReadAsync(".contact-table", $"Last {Sorted - 1:D7}");
        Assert.Contains("sort=last_name", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(page.Errors);
    }

    private static Task JumpAsync(BrowserPage page, string part) => page.Page.EvaluateFunctionAsync(
        "part => { const table = document.querySelector('.contact-table .rz-data-grid-data'); table.scrollTop = part * table.scrollHeight; }", part);

    // The row is there, and inside of what a person sees.
    private static Task SeeRowAsync(BrowserPage page, int contact) => page.Page.WaitForFunctionAsync(
        """
        number => {
          const seen = document.querySelector('.contact-table .rz-data-grid-data').getBoundingClientRect();
          return [...document.querySelectorAll('.contact-table td a')].filter(link => Math.abs(Number(link.textContent) - number) < 5)
            .map(link => link.getBoundingClientRect()).some(row => row.top >= seen.top && row.bottom <= seen.bottom);
        }
        """,
        contact);
}
