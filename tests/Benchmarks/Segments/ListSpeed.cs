using Crm.Contacts.V1;
using Crm.Segments.V1;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>Random access in lists of everyone: the first page of 50 beside one that is skipped to.</summary>
internal sealed class ListSpeed(BenchmarkOptions options, Report report, SegmentCalls calls, TestApps apps)
{
    private static readonly FilterSource s_everyone = new() { Filter = new Filter { Everyone = new() } };
    private static readonly SmartListSort s_byName = new() { Column = "first_name" };

    public async Task MeasureAsync()
    {
        var last = options.Contacts - 50;
        var byName = Math.Min(last, PageSize.MaxSkip);
        var medians = await Interleaved.MedianAsync(
            options.Rounds * 10, calls.EmptyAsync, () => MatchesAsync(0), () => MatchesAsync(last), () => ContactsAsync(0), () => ContactsAsync(last));
        report.Compare("matches: the last page", medians[2], "the first page", medians[1], "ms");
        report.AtMost("matches: the last page", medians[2], "empty call", medians[0], "ms", 6);
        report.AtMost("contacts: the last page", medians[4], "the first page", medians[3], "ms", 8);

        var rows = await Interleaved.MedianAsync(
            options.Rounds, () => RowsAsync(0), () => RowsAsync(last), () => RowsAsync(0, s_byName), () => RowsAsync(byName, s_byName));
        report.AtMost("rows by number: the last page", rows[1], "the first page", rows[0], "ms", 2);
        report.AtMost(FormattableString.Invariant($"rows by first name: after {byName:N0}"), rows[3], "the first page", rows[2], "ms", 3);
    }

    private async Task MatchesAsync(int skip) => Require(
        (await calls.PageAsync(new() { Account = SegmentsData.Account, Source = s_everyone, Skip = skip, PageSize = 50, ShowTotal = true })).ContactIds.Count);

    private async Task ContactsAsync(int skip) => Require(
        (await apps.Contacts.ListContactsAsync(new ListContactsRequest { Account = SegmentsData.Account, Skip = skip, PageSize = 50 })).Contacts.Count);

    private async Task RowsAsync(int skip, SmartListSort? sort = null) => Require((await apps.SmartLists.ListSmartListRowsAsync(
        new() { Account = SegmentsData.Account, Source = s_everyone, Sort = sort, Skip = skip, PageSize = 50 })).Rows.Count);

    private static void Require(int rows)
    {
        if (rows != 50)
        {
            throw new InvalidOperationException($"The page has {rows} rows.");
        }
    }
}
