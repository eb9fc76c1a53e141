using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Commands.Bulk;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>`tags bulk`.</summary>
internal static class TagsBulk
{
    /// <summary>`tags bulk`.</summary>
    public static Command Bulk()
    {
        var filter = FilterArgument.Create();
        filter.Arity = ArgumentArity.ZeroOrOne;
        var file = new Option<string>("--contacts")
        {
            Description = "Instead of a filter: a file with a contact per line, its number, external:KEY or e-mail address; - for standard input.",
            HelpName = "file",
        };
        var except = Options.Several("--except", "A contact to leave out: its number, or external:KEY.", "contact");
        var skipUnknown = new Option<bool>("--skip-unknown") { Description = "Leave out lines of the file that name no contact; without it they stop everything." };
        var add = new Option<string[]>("--add") { Description = "A tag to add; may be given several times.", HelpName = "tag" };
        var remove = new Option<string[]>("--remove") { Description = "A tag to remove; may be given several times.", HelpName = "tag" };
        var dry = new Option<bool>("--dry-run") { Description = "Only count what would change." };
        var background = new Option<bool>("--no-wait") { Description = "Do not wait for the end; see `bulk status`." };
        var skip = new Option<bool>("--skip-workflows") { Description = "Do not notify workflows." };
        var command = new Command("bulk", "Adds and removes tags on all contacts that match, or that a file lists. Other tags stay; `bulk undo` reverts it.")
        {
            filter, file, except, skipUnknown, add, remove, dry, background, skip,
        };
        return command.Runs(async (session, ct) =>
        {
            var names = (Add: session.Get(add) ?? [], Remove: session.Get(remove) ?? []);
            if (names is ([], []))
                throw new CliError("There is nothing to add or remove.", "Give --add TAG or --remove TAG.");

            var contacts = await ContactsAsync(session, session.GetOptional(filter), session.Get(file), session.Get(skipUnknown), ct);
            contacts.ExcludeContactIds.Add(await Keys.Contact.IdsAsync(session, session.Get(except), contact => contact.ContactId, ct));
            var request = new StartBulkOperationRequest
            {
                Account = session.RequireAccount(),
                Contacts = contacts,
                AddTagIds = { await Keys.Tag.IdsAsync(session, names.Add, tag => tag.TagId, ct) },
                RemoveTagIds = { await Keys.Tag.IdsAsync(session, names.Remove, tag => tag.TagId, ct) },
                SkipWorkflows = session.Get(skip),
                RequestId = RequestId.New(),
            };
            return session.Get(dry)
                ? await PreviewAsync(session, request, [.. names.Add, .. names.Remove], ct)
                : await StartAsync(session, request, session.Get(background), ct);
        });
    }

    private static async Task<BulkContacts> ContactsAsync(Session session, string? filter, string? file, bool skipUnknown, CancellationToken ct) => (filter, file) switch
    {
        ({ } text, null) => new() { Matching = await FilterArgument.ResolveAsync(session, text, ct) },
        (null, { } path) => new() { Ids = new() { ContactIds = { await ContactFile.ReadAsync(session, path, skipUnknown, ct) } } },
        _ => throw new CliError("The contacts are missing or given twice.", "Give either a FILTER or --contacts FILE."),
    };

    private static async Task<int> PreviewAsync(Session session, StartBulkOperationRequest start, string[] names, CancellationToken ct)
    {
        var request = new PreviewBulkOperationRequest
        {
            Account = start.Account,
            Contacts = start.Contacts,
            AddTagIds = { start.AddTagIds },
            RemoveTagIds = { start.RemoveTagIds },
        };
        var answer = await session.Services.Bulk.PreviewBulkOperationAsync(request, cancellationToken: ct);
        session.Report.Write(answer, () => BulkView(answer, names));
        session.Report.Note($"It would handle {answer.TotalContacts:N0} contacts, {answer.ExcludedContacts:N0} left out, {answer.SkippedContacts:N0} without a contact.");
        return ExitCode.Done;
    }

    private static async Task<int> StartAsync(Session session, StartBulkOperationRequest request, bool inBackground, CancellationToken ct)
    {
        var operation = (await session.Services.Bulk.StartBulkOperationAsync(request, cancellationToken: ct)).Operation;
        session.Report.Note($"Bulk operation {operation.OperationId} started.");
        if (!inBackground)
            operation = await BulkProgressView.WaitAsync(session, operation, ct);
        if (operation.State == BulkOperation.Types.State.Failed)
            throw new CliError($"The operation failed: {operation.Error}", "Correct the filter and start it again.", ExitCode.Refused);

        await BulkProgressView.WriteAsync(session, operation, ct);
        return BulkProgressView.ExitCodeOf(operation);
    }

    private static Table BulkView(PreviewBulkOperationResponse answer, string[] names)
    {
        var table = Report.Empty("tag", "contacts would change", "are already so");
        foreach (var (change, name) in answer.Changes.Zip(names))
            table.Row(name, change.Changed, change.Unchanged);
        return table;
    }
}
