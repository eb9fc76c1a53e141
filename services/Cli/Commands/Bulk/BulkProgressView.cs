using Crm.Accounts.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Bulk;

/// <summary>Waits for a bulk operation to end, with a progress bar if a person watches.</summary>
internal static class BulkProgressView
{
    public static Task<BulkOperation> WaitAsync(Session session, BulkOperation operation, CancellationToken ct) => session.Report.IsWatched
        ? session.Report.ProgressConsole().Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("contacts");
                return WaitAsync(session, operation, now => Draw(bar, now), ct);
            })
        : WaitAsync(session, operation, _ => { }, ct);

    /// <summary>Writes an operation; for people, as a table with its changes per tag.</summary>
    public static async Task WriteAsync(Session session, BulkOperation operation, CancellationToken ct)
    {
        var names = await Names.FindAsync(session, operation.Changes.Select(change => change.TagId), [], [], ct);
        session.Report.Write(operation, () => View(operation, names));
    }

    /// <summary>The exit code of an operation that has ended.</summary>
    public static int ExitCodeOf(BulkOperation operation) => operation.State switch
    {
        BulkOperation.Types.State.Failed or BulkOperation.Types.State.Cancelled => ExitCode.Refused,
        _ => ExitCode.Done,
    };

    private static Rows View(BulkOperation operation, Names names)
    {
        var progress = $"{operation.DoneContacts:N0} of {operation.TotalContacts:N0} contacts done, {operation.SkippedContacts:N0} skipped";
        var table = Report.Empty("tag", "what", "changed", operation.UndoOf is "" ? "were already so" : "changed since");
        foreach (var change in operation.Changes)
            table.Row(names.Tag(change.TagId), WhatOf(operation, change), change.Changed, change.Unchanged);
        return new Rows(new Text($"{operation.OperationId} {operation.State}: {progress}"), table);
    }

    private static string WhatOf(BulkOperation operation, TagChangeCount change) => operation.AddTagIds.Contains(change.TagId) ? "added" : "removed";

    private static async Task<BulkOperation> WaitAsync(Session session, BulkOperation operation, Action<BulkOperation> onProgress, CancellationToken ct)
    {
        var request = new WatchBulkOperationRequest { Account = session.RequireAccount(), OperationId = operation.OperationId };
        await foreach (var change in Watches.ReadAsync(() => session.Services.Bulk.WatchBulkOperation(request, cancellationToken: ct), ct))
            onProgress(operation = change.Operation);
        return operation;
    }

    private static void Draw(ProgressTask bar, BulkOperation now)
    {
        bar.Description = $"{now.DoneContacts:N0} contacts";
        bar.IsIndeterminate = now.TotalContacts == 0;
        bar.MaxValue = Math.Max(now.TotalContacts, 1);
        bar.Value = now.DoneContacts;
    }
}
