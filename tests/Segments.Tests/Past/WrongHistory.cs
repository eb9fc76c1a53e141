using TagSegments.Segments.Index;
using TagSegments.Segments.Past;

namespace TagSegments.Segments.Tests.Past;

/// <summary>Ways to get the past wrong.</summary>
internal sealed class WrongHistory(string name, Func<PastMoment, PastMoment> moment, bool knowsNamesOfThen = true) : PastHistory(TimeProvider.System)
{
    public static readonly WrongHistory[] All =
    [
        new("the last change is not yet there", then => then with { Pos = then.Pos - 1 }),
        new("the next change is there already", then => then with { Pos = then.Pos + 1 }),
        new("later changes of contacts, tags and opportunities are not undone", then => then with { Pos = long.MaxValue }),
        new("activity counts by its own time alone", then => then with { ActivityPos = long.MaxValue }),
        new("the last activity is not yet there", then => then with { ActivityPos = then.ActivityPos - 1 }),
        new("names and settings are those of today", then => then with { At = DateTime.MaxValue }, knowsNamesOfThen: false),
    ];

    public string Name => name;

    public override async Task<PastMoment> FindAsync(Snapshot snapshot, DateTime at, CancellationToken ct) =>
        moment(await base.FindAsync(snapshot, at, ct));

    public override async Task<(AccountState Today, AccountState Then)> LoadAsync(
        Snapshot snapshot, AccountState today, PastMoment moment, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var (names, then) = await base.LoadAsync(snapshot, today, moment, tagIds, ct);
        return (names, knowsNamesOfThen ? then : then with { Catalog = today.Catalog });
    }
}
