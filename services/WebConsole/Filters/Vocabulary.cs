using Crm.Contacts.V1;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Filters;

/// <summary>The words with which filters of an account are written: its fields, tags, segments and campaigns, and those of the language.</summary>
public sealed class Vocabulary(Caller caller, string account)
{
    private const int Most = 12;

    private static readonly string[] s_attributes =
        ["email", "first_name", "last_name", "phone", "language", "time_zone", "external_id", "created", "updated", "do_not_disturb", "contact_id"];

    private static readonly string[] s_clauses =
    [
        "has tag \"", "has any tag (\"", "has none of tags (\"", "has tag starting with \"", "opened email in last 7 days", "clicked email in last 30 days",
        "never opened email in last 90 days", "was sent email of campaign \"", "has opportunity (", "has no opportunity", "subscribed to email",
        "unsubscribed from email", "suppressed for email", "in segment \"", "did \"", "everyone", "NOT ",
    ];

    private static readonly string[] s_glue = ["AND ", "OR ", "AND NOT "];
    private static readonly string[] s_operators = ["= ", "!= ", "in (", "is empty", "is not empty"];
    private static readonly string[] s_textOperators = ["contains \"", "starts with \"", "ends with \"", "does not contain \""];
    private static readonly string[] s_orderOperators = ["< ", "<= ", "> ", ">= ", "between "];
    private static readonly string[] s_timeOperators = ["in last 30 days", "more than 30 days ago", "this month", "since "];
    private static readonly string[] s_choiceOperators = ["has any of (\"", "has all of (\"", "has none of (\"", "is empty", "is not empty"];

    private Task<IReadOnlyList<Field>>? _fields;

    /// <summary>Gets the custom fields of contacts; they are read once.</summary>
    public Task<IReadOnlyList<Field>> FieldsAsync(CancellationToken ct)
    {
        if (_fields is null or { IsFaulted: true } or { IsCanceled: true })
            _fields = ReadFieldsAsync(ct);
        return _fields;
    }

    /// <summary>Finds what can stand at a place and goes on from what is typed.</summary>
    public async Task<IReadOnlyList<Suggestion>> SuggestAsync(CompletionPlace place, CancellationToken ct)
    {
        var all = place.Kind switch
        {
            CompletionKind.Glue => s_glue.Select(Word),
            CompletionKind.Tag => await TagsAsync(place.Typed, ct),
            CompletionKind.Segment => Names((await caller.CallAsync((to, options) => to.Segments.ListSegmentsAsync(new() { Account = account, PageSize = 1_000 }, options), ct)).Segments.Select(segment => segment.Name)),
            CompletionKind.Campaign => Names((await caller.CallAsync((to, options) => to.Campaigns.ListCampaignsAsync(new() { Account = account, PageSize = 1_000 }, options), ct)).Campaigns.Select(campaign => campaign.Name)),
            CompletionKind.Value => Names((await FieldAsync(place.Field, ct))?.Choices ?? []),
            CompletionKind.Operator => Operators((await FieldAsync(place.Field, ct))?.Type ?? TypeOf(place.Field)).Select(Word),
            CompletionKind.Clause => (await FieldsAsync(ct)).Select(field => Named(field.Key)).Concat(s_clauses.Select(Word)).Concat(s_attributes.Select(Named)),
        };
        return Matching(all, place.Typed).Take(Most).ToList();
    }

    private async Task<IReadOnlyList<Field>> ReadFieldsAsync(CancellationToken ct) =>
        (await caller.CallAsync((to, options) => to.Fields.ListFieldsAsync(new() { Account = account }, options), ct)).Fields
            .Where(field => field.Target == Field.Types.Target.Contact).ToList();

    private async Task<Field?> FieldAsync(string key, CancellationToken ct) =>
        (await FieldsAsync(ct)).FirstOrDefault(field => field.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private async Task<IEnumerable<Suggestion>> TagsAsync(string typed, CancellationToken ct)
    {
        var request = new Crm.Tags.V1.ListTagsRequest
        {
            Account = account,
            Search = typed,
            OrderBy = Crm.Tags.V1.ListTagsRequest.Types.OrderBy.ContactCount,
            PageSize = Most,
        };
        var found = await caller.CallAsync((to, options) => to.Tags.ListTagsAsync(request, options), ct);
        return found.Tags.Select(tag => Quoted(tag.Name) with { Hint = tag.ContactCount.ToString("N0", null) });
    }

    // What begins like it comes before what only contains it. What is typed to its end helps nobody.
    private static IEnumerable<Suggestion> Matching(IEnumerable<Suggestion> all, string typed)
    {
        var matching = all.Where(suggestion => suggestion.Text.Contains(typed, StringComparison.OrdinalIgnoreCase) && suggestion.Text.Trim() != typed);
        return matching.OrderByDescending(suggestion => suggestion.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Operators(Field.Types.Type type) => type switch
    {
        Field.Types.Type.Number => [.. s_operators, .. s_orderOperators],
        Field.Types.Type.Date or Field.Types.Type.DateTime => [.. s_operators, .. s_orderOperators, .. s_timeOperators],
        Field.Types.Type.Boolean => ["= true", "= false", "is empty", "is not empty"],
        Field.Types.Type.MultipleChoice => s_choiceOperators,
        Field.Types.Type.YearlyDay => ["= ", "is empty", "is not empty"],
        _ => [.. s_operators, .. s_textOperators],
    };

    private static Field.Types.Type TypeOf(string attribute) => attribute switch
    {
        "created" or "updated" => Field.Types.Type.DateTime,
        "contact_id" => Field.Types.Type.Number,
        "do_not_disturb" => Field.Types.Type.Boolean,
        _ => Field.Types.Type.Text,
    };

    private static IEnumerable<Suggestion> Names(IEnumerable<string> names) => names.Select(Quoted);

    private static Suggestion Word(string word) => new(word);

    private static Suggestion Named(string field) => new(field) { Insert = field.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') ? $"{field} " : $"[{field}] " };

    private static Suggestion Quoted(string name) => new(name) { Insert = $"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" " };
}
