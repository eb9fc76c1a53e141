using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Campaigns.Content;

namespace TagSegments.Campaigns.Tests.Content;

/// <summary>
/// Fault B4 of the page of faults: times appeared in UTC, and nothing said so. Instants appear in the account's zone, or in the one that the template
/// asks for; a date without a time is the same everywhere.
/// </summary>
public sealed class FaultB4Tests
{
    [Theory]
    [InlineData("""{{ contact.fields.visit | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{{ contact.fields.winter | date: "%H:%M" }}""", "11:00")]
    [InlineData("""{{ contact.fields.late | date: "%Y-%m-%d %H:%M" }}""", "2026-07-02 00:30")]
    [InlineData("""{{ contact.fields.visit | format_date: "HH:mm" }}""", "12:00")]
    [InlineData("""{{ contact.fields.stamp | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{{ "2026-07-01T10:00:00+00:00" | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{% assign at = contact.fields.visit %}{{ at | date: "%d.%m.%Y %H:%M" }}""", "01.07.2026 12:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: "America/New_York" | date: "%H:%M" }}""", "06:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: contact.time_zone | date: "%H:%M" }}""", "19:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: contact.time_zone | format_date: "HH:mm" }}""", "19:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: contact.fields.nothing | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: "Nowhere/Nothing" | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{{ contact.fields.visit | time_zone: "local" | date: "%H:%M" }}""", "12:00")]
    [InlineData("""{{ contact.fields.nothing | date: "%H:%M" }}""", "")]
    [InlineData("""{{ contact.fields.visit }}""", "2026-07-01T10:00:00Z")]
    public void FaultB4_instants_appear_in_the_zone_of_the_account_or_the_one_asked_for(string template, string expected) =>
        Assert.Equal(expected, Render(template, "Europe/Vienna"));

    [Theory]
    [InlineData("Europe/Vienna")]
    [InlineData("America/Los_Angeles")]
    [InlineData("Pacific/Auckland")]
    public void FaultB4_a_date_and_a_time_without_a_zone_are_what_they_say_in_every_zone(string zone)
    {
        Assert.Equal("01.07.2026", Render("""{{ contact.fields.born | date: "%d.%m.%Y" }}""", zone));
        Assert.Equal("01.07.2026", Render("""{{ contact.fields.born | time_zone: "Asia/Tokyo" | date: "%d.%m.%Y" }}""", zone));
        Assert.Equal("2026-07-01", Render("""{{ contact.fields.born | format_date: "yyyy-MM-dd" }}""", zone));
        Assert.Equal("10:00", Render("""{{ "2026-07-01 10:00" | date: "%H:%M" }}""", zone));
    }

    [Theory]
    [InlineData("now", "Asia/Tokyo", "+0900")]
    [InlineData("today", "Asia/Kolkata", "+0530")]
    [InlineData("now", "America/Phoenix", "-0700")]
    public void FaultB4_now_is_in_the_zone_of_the_account_too(string text, string zone, string expected) =>
        Assert.Equal(expected, Render($$$"""{{ "{{{text}}}" | date: "%z" }}""", zone));

    private static string Render(string template, string zone)
    {
        var contact = new Contact
        {
            ContactId = 1,
            TimeZone = "Asia/Tokyo",
            Fields = new Struct
            {
                Fields =
                {
                    ["visit"] = Value.ForString("2026-07-01T10:00:00Z"),
                    ["winter"] = Value.ForString("2026-01-10T10:00:00Z"),
                    ["late"] = Value.ForString("2026-07-01T22:30:00.123Z"),
                    ["born"] = Value.ForString("2026-07-01"),
                    ["stamp"] = Value.ForNumber(1_782_900_000),
                },
            },
        };
        return TemplateRenderer.Render(
            new Message { Text = template }, new MergeData(contact, "x", zone), "https://u.example/", [], new TemplateTime(CancellationToken.None)).Text;
    }
}
