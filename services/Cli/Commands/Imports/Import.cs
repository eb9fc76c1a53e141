using System.CommandLine;
using System.Text.Json.Nodes;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>`import`.</summary>
internal static class Import
{
    public static Command Build()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "CSV or JSON files, archives of them (.zip, .gz), or - for standard input. Each file is an import of its own, with the same options.",
            Arity = ArgumentArity.OneOrMore,
        };
        var options = new ImportOptionSet();
        var command = new Command("import", "Imports contacts or opportunities from CSV files; creates the account if it is missing. Repeating an import changes nothing.") { files };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var inputs = ImportFiles.OfContacts(session.Get(files)!, session.Report.Note).ToList();
            if (!options.Read(session, "-").DryRun)
                await EnsureAccountAsync(session, ct);
            var (worst, imported, refused) = (ExitCode.Done, 0, (Exception?)null);
            foreach (var (name, open) in inputs)
            {
                if (inputs.Count > 1)
                    session.Report.Note($"{name}:");
                try
                {
                    await using var content = open();
                    worst = Math.Max(worst, await RunAsync(session, options.Read(session, name), content, ct));
                    imported++;
                }
                catch (Exception e) when (inputs.Count > 1 && e is RpcException { StatusCode: StatusCode.InvalidArgument } or InvalidDataException)
                {
                    // A file that is no table of contacts, or damaged, keeps the others from nothing.
                    refused = e;
                    worst = ExitCode.Partial;
                    var problem = ErrorReport.From(e, ct)!.Message;
                    session.Report.Failure(new JsonObject { ["file"] = name, ["problem"] = problem }, $"{name}: not imported: {problem}");
                }
            }

            return imported > 0 || refused is null ? worst : throw refused;
        });
    }

    private static async Task<int> RunAsync(Session session, ImportOptions options, Stream content, CancellationToken ct)
    {
        var report = session.Report;
        ImportPlan? plan = null;
        var summary = await ImportView.ShowAsync(report, progress => ImportCall.RunAsync(
            session.Services, session.RequireAccount(), options, content, found => plan = found, progress,
            error => report.Failure(error, ImportView.Line(error)), ct));

        if (options.DryRun && plan is not null)
            report.Write(ImportPlanView.Json(plan, summary), () => ImportPlanView.Show(plan, summary));
        else
            report.Write(summary, () => ImportView.Summary(summary));
        return summary.Failed > 0 ? ExitCode.Partial : ExitCode.Done;
    }

    private static async Task EnsureAccountAsync(Session session, CancellationToken ct)
    {
        var account = session.RequireAccount();
        try
        {
            await session.Services.Accounts.GetAccountAsync(new() { Account = account }, cancellationToken: ct);
        }
        catch (RpcException e) when (e.HasReason("ACCOUNT_NOT_FOUND"))
        {
            await CreateAccountAsync(session, account, ct);
        }
    }

    private static async Task CreateAccountAsync(Session session, string account, CancellationToken ct)
    {
        try
        {
            await session.Services.Accounts.CreateAccountAsync(new() { Account = account, RequestId = RequestId.New() }, cancellationToken: ct);
            session.Report.Note($"Account {account} created.");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // Another import of the same account came first.
        }
    }
}
