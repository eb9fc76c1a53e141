using TagSegments.Filters.Catalog;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Testing.Oracle;

/// <summary>The names that all generated worlds share.</summary>
internal static class WorldNames
{
    public const string Spring = "01900000-0000-7000-8000-000000000001";
    public const string Autumn = "01900000-0000-7000-8000-000000000002";
    public const string Engaged = "01900000-0000-7000-8000-0000000000a1";
    public const string Buyers = "01900000-0000-7000-8000-0000000000a2";

    public static readonly (int Id, string Name)[] Tags =
        [(1, "Hot Lead"), (2, "VIP"), (3, "vip"), (4, "Source: Web"), (5, "Source: 100%_\\"), (6, "Say \"Hi\""), (7, "und")];

    /// <summary>E-mail addresses in several ways to write each; histories write some of the people.</summary>
    public static readonly string[] Emails =
    [
        "ann@example.com", "Ann@EXAMPLE.com", " ann@example.com", "info@bücher.example", "info@xn--bcher-kva.example", "INFO@BÜCHER.example", "info@bucher.example",
        "jürgen@example.com", "JÜRGEN@example.com", "PERSON1@example.org", "person2@Example.ORG",
    ];

    /// <summary>Phone numbers in several ways to write each, Austrian where they do not say; two are none.</summary>
    public static readonly string[] Phones =
    [
        "+43 660 1234567", "0043 660 1234567", "0660 1234567", "+436601234567", "660 1234567", "+49 170 1", "\u00A0+49-170 1", "49 170 1", "+491702", " 0170/3",
        "+49 170 10001", "n/a", "N/A",
    ];

    public static readonly (int Id, string Name)[] Pipelines = [(1, "Sales"), (2, "Partner's")];

    public static readonly (int Id, int Pipeline, string Name)[] Stages =
        [(1, 1, "Prospecting"), (2, 1, "Engaging"), (3, 1, "Won"), (4, 2, "Won"), (5, 2, "engaging")];

    /// <summary>The properties that events may have.</summary>
    public static readonly string[] Properties = ["total", "category", "vip", "due", "seen at"];

    public static readonly FilterField[] ContactFields =
    [
        new("plan", FieldType.Text, 11),
        new("score", FieldType.Number, 12),
        new("birth day", FieldType.Date, 13),
        new("seen", FieldType.DateTime, 14),
        new("active", FieldType.Boolean, 15),
        new("tier", FieldType.SingleChoice, 16) { Choices = ["Gold", "Silver", "Čáslav", "gold plus"] },
        new("likes", FieldType.MultipleChoice, 17) { Choices = ["Tea", "Coffee", "ÄPFEL", "a]b"] },
        new("opened", FieldType.Text, 18),
    ];

    public static readonly FilterField[] OpportunityFields =
    [
        new("product", FieldType.Text, 21),
        new("margin", FieldType.Number, 22),
        new("due", FieldType.Date, 23),
        new("renewed", FieldType.DateTime, 24),
    ];

    public static FilterCatalog Catalog(int accountId = 1, string zone = "Europe/Berlin", int weekStart = 1, string country = "") => new()
    {
        AccountId = accountId,
        TimeZone = zone,
        WeekStart = weekStart,
        Country = country,
        TagItems = [.. Tags.Select(tag => new NamedItem<int>(tag.Id, tag.Name)), new NamedItem<int>(9, "Gone", IsDeleted: true)],
        SegmentItems = [new(Engaged, "Engaged"), new(Buyers, "Buyers (2)")],
        CampaignItems = [new(Spring, "Spring"), new(Autumn, "Autumn")],
        ContactCustomFields = [.. ContactFields, new FilterField("old", FieldType.Text, 19, IsDeleted: true)],
        OpportunityCustomFields = OpportunityFields,
        Pipelines = [.. Pipelines.Select(pipeline => pipeline.Name)],
        Stages = [.. Stages.Select(stage => stage.Name).Distinct()],
    };
}
