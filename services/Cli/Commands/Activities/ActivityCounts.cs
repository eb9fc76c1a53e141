using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>What became of the rows of files, and the first of them as they would be.</summary>
internal sealed class ActivityCounts
{
    private const int MostShown = 10;
    private static readonly string[] s_refusals = ["unsubscribed", "complained", "bounced"];
    private readonly SortedDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly List<ReadActivity> _first = [];

    public long Rows { get; set; }

    public long Recorded { get; set; }

    public long Known { get; set; }

    public long LeftOut { get; set; }

    public long UnknownContacts { get; set; }

    public long Bad { get; set; }

    /// <summary>Notes an activity that was read and sent.</summary>
    public void Add(ReadActivity read)
    {
        _kinds[read.Kind.Name] = _kinds.GetValueOrDefault(read.Kind.Name) + 1;
        if (_first.Count < MostShown)
            _first.Add(read);
    }

    public JsonObject ToJson() => new()
    {
        ["rows"] = Rows,
        ["recorded"] = Recorded,
        ["already_there"] = Known,
        ["left_out"] = LeftOut,
        ["unknown_contacts"] = UnknownContacts,
        ["bad"] = Bad,
        ["kinds"] = new JsonObject(_kinds.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value))),
    };

    /// <summary>Shows the counts; of a dry run the columns and the first rows, too.</summary>
    public IRenderable Show(IEnumerable<ActivityReader> dry) => new Rows(
    [
        .. dry.Select(reader => (IRenderable)Report.Table(reader.Targets, ($"column of {reader.Name}", target => target.Header), ("goes to", target => target.Target))),
        .. dry.Take(1).Select(_ => (IRenderable)Report.Table(
            _first, ("line", read => read.Row.Line), ("contact", Contact), ("would be", read => read.Kind.Name), ("time", read => read.Activity!.Time),
            ("link or reason", read => read.Activity!.Detail), ("properties", read => read.Activity!.Properties?.ToString() ?? ""))),
        Counts(dry.Any()),
    ]);

    private Table Counts(bool isDry)
    {
        var table = Report.Empty("activities", "result");
        (string Name, long Count)[] counts =
        [
            ("rows", Rows), (isDry ? "would be recorded" : "recorded", Recorded), ("already there", Known), ("left out", LeftOut),
            ("of unknown contacts", UnknownContacts), ("bad", Bad),
        ];
        foreach (var (name, count) in counts)
            table.Row(name, count);
        foreach (var (kind, count) in _kinds)
            table.Row($"kind {kind}", count);
        foreach (var refusal in s_refusals.Where(_kinds.ContainsKey))
            table.Row("note", $"{refusal}: history only. It changes no consent and suppresses no address; see `tagsegments suppressions import`.");
        return table;
    }

    private static object Contact(ReadActivity read) => read.Activity!.ContactKey switch
    {
        { HasEmail: true } key => key.Email,
        { HasPhone: true } key => key.Phone,
        { HasExternalId: true } key => $"external:{key.ExternalId}",
        { } key => key.ContactId.ToString(CultureInfo.InvariantCulture),
    };
}
