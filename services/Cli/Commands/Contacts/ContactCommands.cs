using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Contacts;

/// <summary>Commands about contacts.</summary>
internal static class ContactCommands
{
    /// <summary>`contacts`.</summary>
    public static Command Build() => new("contacts", "The people and companies of an account.")
    {
        List(), Show(), Create(), Update(), Delete(), Restore(), Merge(), ContactHistory.Consent(), ContactHistory.Timeline(),
        Export(), PersonCommands.ExportPerson(), PersonCommands.Erase(), PersonCommands.Erasures(),
    };

    private static Command List()
    {
        var search = Options.Text("--search", "Only contacts whose e-mail, phone, names or external id contain this.");
        var (limit, skip) = (Options.Limit(100), Options.Skip());
        var deleted = new Option<bool>("--deleted") { Description = "Also deleted contacts." };
        var command = new Command("list", "Lists contacts in order of number.") { search, limit, skip, deleted };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListContactsRequest
            {
                Account = session.RequireAccount(),
                Search = session.Get(search) ?? "",
                ShowDeleted = session.Get(deleted),
                Skip = session.Get(skip),
            };
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Contacts.ListContactsAsync(r, cancellationToken: ct), page => page.Contacts);
            session.Report.Write(found, () => ListView(found, session.Get(deleted)));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Contacts.Count}; raise --limit or narrow with --search.");
        });
    }

    private static Table ListView(ListContactsResponse found, bool withDeleted)
    {
        List<(string, Func<Contact, object?>)> columns =
        [
            ("contact", c => c.ContactId), ("external id", c => c.ExternalId), ("e-mail", c => c.Email),
            ("first name", c => c.FirstName), ("last name", c => c.LastName), ("created", c => c.CreateTime),
        ];
        if (withDeleted)
            columns.Add(("deleted", c => c.DeleteTime));
        return Report.Table(found.Contacts, [.. columns]);
    }

    private static Command Show()
    {
        var key = Keys.Contact.Argument();
        var command = new Command("show", "Shows a contact with its fields, consents and tags.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var tags = await TagsOfAsync(session, contact.ContactId, ct);
            var answer = new JsonObject
            {
                ["contact"] = ProtoJson.From(contact),
                ["tags"] = new JsonArray(tags.Select(t => (JsonNode?)t.Name).ToArray()),
            };
            session.Report.Write(answer, () => ShowView(contact, tags));
        });
    }

    private static async Task<IReadOnlyList<Tag>> TagsOfAsync(Session session, int contactId, CancellationToken ct)
    {
        var request = new BatchGetContactTagsRequest { Account = session.RequireAccount(), ContactIds = { contactId } };
        var answer = await session.Services.Tags.BatchGetContactTagsAsync(request, cancellationToken: ct);
        return answer.Contacts[0].Tags;
    }

    private static Table ShowView(Contact contact, IReadOnlyList<Tag> tags)
    {
        var table = Report.Empty("attribute", "value");
        foreach (var (name, value) in Attributes(contact).Where(a => a.Value is not ""))
            table.Row(name, value);
        foreach (var (field, value) in (contact.Fields?.Fields ?? []).OrderBy(f => f.Key, StringComparer.Ordinal))
            table.Row($"fields.{field}", value.AsText());
        foreach (var consent in contact.Consents)
            table.Row($"{consent.Channel} consent".ToLowerInvariant(), $"{consent.State} {consent.Source}".Trim());
        table.Row("tags", string.Join(", ", tags.Select(t => t.Name)));
        if (contact.MergedIntoId > 0)
            table.Row("merged into", $"contact {contact.MergedIntoId}");
        return table;
    }

    private static IEnumerable<(string Name, string Value)> Attributes(Contact contact) =>
        ContactColumns.BuiltIn.Select(column => (column.Key, column.Value(contact)));

    private static Command Create()
    {
        var options = new ContactOptions();
        var command = new Command("create", "Creates a contact. No attribute is required.");
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var contact = new Contact();
            await options.ReadAsync(session, contact, ct);
            var request = new CreateContactRequest { Account = session.RequireAccount(), Contact = contact, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.CreateContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {answer.Contact.ContactId} created.");
        });
    }

    private static Command Update()
    {
        var key = Keys.Contact.Argument();
        var options = new ContactOptions();
        var command = new Command("update", "Changes attributes and custom fields of a contact; an empty text clears one.") { key };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var contact = new Contact { ContactId = before.ContactId };
            var mask = await options.ReadAsync(session, contact, ct);
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give an attribute such as --email, or --set KEY=VALUE.");

            var request = new UpdateContactRequest { Account = session.RequireAccount(), Contact = contact, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.UpdateContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {answer.Contact.ContactId} is at version {answer.Contact.Version}.");
        });
    }

    private static Command Delete()
    {
        var key = Keys.Contact.Argument();
        var command = new Command("delete", "Deletes a contact; `contacts restore` restores it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var request = new DeleteContactRequest { Account = session.RequireAccount(), ContactId = contact.ContactId, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.DeleteContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {contact.ContactId} deleted.");
        });
    }

    private static Command Restore()
    {
        var key = Keys.Contact.Argument();
        var command = new Command("restore", "Restores a deleted contact with everything it had.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await Keys.Contact.GetAsync(session, session.Get(key), ct);
            var request = new RestoreContactRequest { Account = session.RequireAccount(), ContactId = contact.ContactId, RequestId = RequestId.New() };
            var answer = await session.Services.Contacts.RestoreContactAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Contact, $"Contact {contact.ContactId} restored.");
        });
    }

    private static Command Merge()
    {
        var kept = Keys.Contact.Argument();
        var duplicate = new Argument<string>("duplicate") { Description = "The duplicate, which is deleted." };
        var command = new Command("merge", "Merges a duplicate into a contact, which gets its tags, its opportunities and the stricter consent.") { kept, duplicate };
        return command.Runs(async (session, ct) =>
        {
            var answer = await session.Services.Contacts.MergeContactsAsync(new MergeContactsRequest
            {
                Account = session.RequireAccount(),
                ContactId = (await Keys.Contact.GetAsync(session, session.Get(kept), ct)).ContactId,
                DuplicateContactId = (await Keys.Contact.GetAsync(session, session.Get(duplicate), ct)).ContactId,
                RequestId = RequestId.New(),
            }, cancellationToken: ct);
            session.Report.Write(answer, $"Contact {answer.Contact.ContactId} got {answer.AddedTagIds.Count} tags and {answer.MovedOpportunities} opportunities.");
        });
    }

    private static Command Export()
    {
        var filter = Options.Text("--filter", "Only contacts that match: a filter as text, or the name of a saved segment or smart list.", "filter");
        var columns = new Option<string[]>("--columns") { Description = "The columns, separated by commas. Defaults to all.", HelpName = "a,b,..." };
        var raw = new Option<bool>("--raw") { Description = "Do not put ' before cells that a spreadsheet would run as formulas." };
        var format = Options.Text("--format", "The format of the file: csv (the default) or json_lines, an object in each line. --output json means json_lines, too.", "format")
            .AcceptOnlyFrom("csv", "json_lines");
        var command = new Command("export", "Writes contacts to standard output, as a file that import reads back.") { filter, columns, raw, format };
        return command.Runs(async (session, ct) =>
        {
            var isJson = session.Get(format) is { } asked ? asked == "json_lines" : session.Report.IsJson;
            var request = new ExportContactsRequest
            {
                Account = session.RequireAccount(),
                Raw = session.Get(raw),
                Format = isJson ? ExportContactsRequest.Types.Format.JsonLines : ExportContactsRequest.Types.Format.Csv,
            };
            request.Columns.Add(Options.Names(session.Get(columns)));
            if (session.Get(filter) is { } text)
                request.Source = await FilterArgument.ResolveAsync(session, text, ct);
            using var call = session.Services.Exports.ExportContacts(request, cancellationToken: ct);
            var decoder = Encoding.UTF8.GetDecoder();
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            {
                var characters = new char[Encoding.UTF8.GetMaxCharCount(part.Data.Length)];
                await session.Report.Output.WriteAsync(characters.AsMemory(0, decoder.GetChars(part.Data.Span, characters, flush: false)), ct);
            }
        });
    }
}
