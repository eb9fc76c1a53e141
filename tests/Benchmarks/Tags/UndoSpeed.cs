using System.Diagnostics;
using Crm.Tags.V1;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The undo of an operation on all contacts against the operation, both from start to end.</summary>
internal static class UndoSpeed
{
    public static async Task RunAsync(TagFixture ours, BenchmarkOptions options, Report report)
    {
        var (jobs, undos) = (new List<double>(), new List<double>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            var tagId = await ours.NewTagAsync();
            var start = Stopwatch.GetTimestamp();
            var started = await ours.Bulk.StartBulkOperationAsync(new StartBulkOperationRequest
            {
                Account = ours.Account,
                Contacts = All(options.Contacts),
                AddTagIds = { tagId },
            });
            var operation = await ours.FinishAsync(started.Operation);
            var middle = Stopwatch.GetTimestamp();
            var undo = await ours.Bulk.UndoBulkOperationAsync(
                new UndoBulkOperationRequest { Account = ours.Account, OperationId = operation.OperationId });
            await ours.FinishAsync(undo.Operation);

            // The first round warms up.
            if (round > 0)
            {
                jobs.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
                undos.Add(Stopwatch.GetElapsedTime(middle).TotalMilliseconds);
            }
        }

        report.AtMost("undo of the operation", Interleaved.Median(undos), "the operation on all contacts", Interleaved.Median(jobs), "ms", 1);
    }

    private static BulkContacts All(int contacts) =>
        new() { Ids = new BulkContacts.Types.Ids { ContactIds = { Enumerable.Range(1, contacts) } } };
}
