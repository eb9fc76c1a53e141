using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`bulk undo`.</summary>
internal static class BulkUndo
{
    public static Command Create()
    {
        var id = BulkStatus.Id();
        var skip = new Option<bool>("--skip-workflows") { Description = "Do not tell workflows." };
        var command = new Command("undo", "Reverts what a bulk operation changed and nobody changed since; counts both.") { id, skip };
        return command.Runs(async (session, ct) =>
        {
            var request = new UndoBulkOperationRequest
            {
                Account = session.RequireAccount(),
                OperationId = session.Get(id),
                SkipWorkflows = session.Get(skip),
                RequestId = RequestId.New(),
            };
            var started = (await session.Services.Bulk.UndoBulkOperationAsync(request, cancellationToken: ct)).Operation;
            var operation = await BulkProgressView.WaitAsync(session, started, ct);
            await BulkProgressView.WriteAsync(session, operation, ct);
            return BulkProgressView.ExitCodeOf(operation);
        });
    }
}
