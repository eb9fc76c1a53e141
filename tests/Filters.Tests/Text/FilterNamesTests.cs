using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Text;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Filters.Tests.Text;

/// <summary>A filter reads back as it was printed, whatever the names in it.</summary>
public sealed class FilterNamesTests(ITestOutputHelper output)
{
    private const int Trees = 3_000;

    private static readonly string[] s_names =
    [
        "AND", "or", "Not", "has", "tag", "in", "in segment", "is", "is empty", "everyone", "never", "no", "email", "sms", "opened email", "today", "of",
        "between", "contains", "starts with", "ends", "this week", "last 7 days", "true", "false", "null", "NaN", "17", "#17", "-1", "2026-11-23",
        "2026-11-23T10:00:00Z", "\"", "\"quoted\"", "say \"hi\" [now]", "[", "]", "[]", "a]b", "(", ")", "a, b", "(\"x\")", "\\", "a\\\"b", "\\\\", "“smart”", "„unten“",
        "e\u0301tude", "étude", "A\u030A", "Å", "\u212B", "שלום", "مرحبا بالعالم", "a \u05D0 b", "日本語", "ｆｕｌｌ", "😀", "👩‍👩‍👧", "ſ", "İ", "ı", "ß",
        " leading", "trailing ", "two  spaces", "line\nbreak", "tab\there", "\u00A0", "a\u2003b", "x:y", "a=b", "<", ">=", "!=", "%", "_", "*", "'; DROP TABLE tags.tag; --",
        "anniversary of", "sum of amount", "added", "opportunity", "did", "since", "on", "ignoring case", "and is set", "with leap day on March first", "ever",
    ];

    [Fact]
    public void Filters_that_name_hostile_names_read_back_as_they_were_printed()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var catalog = Catalog(random);
            var filters = new FilterGenerator(random, catalog, Instant.FromUtc(2026, 11, 23, 10, 20));
            for (var i = 0; i < Trees / 30; i++)
            {
                var tree = filters.Tree(5);
                var text = FilterPrinter.Print(tree, catalog);
                var read = Read(text, catalog, seed);
                Assert.True(tree.Equals(read), $"seed {seed}: {text}\n{tree}\n{read}");
            }
        }
    }

    [Fact]
    public void Each_hostile_name_names_its_tag_segment_campaign_and_field()
    {
        foreach (var name in s_names)
        {
            var catalog = new FilterCatalog
            {
                AccountId = 1,
                TagItems = [new(1, name)],
                SegmentItems = [new(WorldNames.Engaged, name)],
                CampaignItems = [new(WorldNames.Spring, name)],
                ContactCustomFields = [new(name, Crm.Contacts.V1.Field.Types.Type.Text, 11)],
            };
            var tree = new Filter
            {
                AllOf = new FilterGroup
                {
                    Filters =
                    {
                        new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { 1 } } },
                        new Filter { Segment = new SegmentClause { SegmentId = WorldNames.Engaged } },
                        new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Channel = Crm.Common.V1.Channel.Email, CampaignId = WorldNames.Spring } },
                        new Filter { Field = new FieldClause { Field = new FieldRef { FieldId = 11 }, Operator = FieldClause.Types.Operator.IsEmpty } },
                    },
                },
            };

            var text = FilterPrinter.Print(tree, catalog);

            // Only the name of a built-in attribute names no other field.
            Assert.Equal(name == "email", text.EndsWith("#11 is empty", StringComparison.Ordinal));
            Assert.Equal(tree, Read(text, catalog, 0));
        }
    }

    private static Filter Read(string text, FilterCatalog catalog, int seed)
    {
        try
        {
            return FilterParser.Parse(text, catalog);
        }
        catch (FilterSyntaxException e)
        {
            throw new InvalidOperationException($"seed {seed}: {text}: {e.Message}", e);
        }
    }

    // The things of the world under other names, each used once for a kind of thing.
    private static FilterCatalog Catalog(Random random)
    {
        var world = WorldNames.Catalog();
        string[] Names() => [.. s_names.OrderBy(_ => random.Next())];
        var (tags, segments, campaigns, fields, deals, values) = (Names(), Names(), Names(), Names(), Names(), Names());
        return new FilterCatalog
        {
            AccountId = 1,
            TimeZone = world.TimeZone,
            TagItems = [.. world.TagItems.Select((item, i) => item with { Name = tags[i] })],
            SegmentItems = [.. world.SegmentItems.Select((item, i) => item with { Name = segments[i] })],
            CampaignItems = [.. world.CampaignItems.Select((item, i) => item with { Name = campaigns[i] })],
            ContactCustomFields = [.. world.ContactCustomFields.Select((field, i) => Renamed(field, fields[i], values[..6]))],
            OpportunityCustomFields = [.. world.OpportunityCustomFields.Select((field, i) => Renamed(field, deals[i], values[..6]))],
            Pipelines = values[6..9],
            Stages = values[9..14],
        };
    }

    private static FilterField Renamed(FilterField field, string name, string[] choices) =>
        field with { Name = name, Choices = field.Choices.Count == 0 ? [] : choices };
}
