using System.Globalization;
using System.Text;
using TagSegments.Csv;

namespace TagSegments.Standalone.Demo;

/// <summary>The demo's contacts and opportunities as the CSV files that another CRM would export.</summary>
internal static class DemoCsv
{
    private static readonly string[] ContactHeader =
    [
        "external_id", "first_name", "last_name", "email", "phone", "language", "country", "city", "company", "industry", "plan", "lead_score",
        "signup_date", "newsletter", "tags",
    ];

    private static readonly string[] DealHeader = ["opportunity_id", "contact", "product", "stage", "amount", "opened", "closed"];

    public static Stream Contacts(IEnumerable<DemoContact> contacts) => Write(ContactHeader, contacts.Select(ContactRow));

    public static Stream Deals(IEnumerable<DemoContact> contacts) => Write(DealHeader, contacts.SelectMany(c => c.Deals.Select(deal => DealRow(c, deal))));

    private static string[] ContactRow(DemoContact c) =>
    [
        c.ExternalId, c.FirstName, c.LastName, c.Email, c.Phone, c.Language, c.Country, c.City, c.Company, c.Industry, c.Plan is "none" ? "" : c.Plan,
        c.LeadScore.ToString(CultureInfo.InvariantCulture), Day(c.SignupDate), c.Newsletter ? "true" : "false", string.Join(";", c.Tags),
    ];

    private static string[] DealRow(DemoContact contact, DemoDeal deal) =>
    [
        deal.ExternalId, contact.ExternalId, deal.Product, deal.Stage, deal.Amount?.ToString(CultureInfo.InvariantCulture) ?? "",
        Day(deal.Opened), deal.Closed is { } closed ? Day(closed) : "",
    ];

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static MemoryStream Write(string[] header, IEnumerable<string[]> rows)
    {
        var text = new StringWriter();
        using var csv = new CsvRows(text, raw: true);
        csv.WriteHeader(header);
        foreach (var row in rows)
            csv.Write(row.Select(value => new CsvCell(value, IsText: true)));
        csv.Flush();
        return new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
