using System.CommandLine;
using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts show`.</summary>
internal static class ContactsShow
{
    public static Command Create()
    {
        var key = ContactKey.Argument();
        var command = new Command("show", "Shows a contact with its fields, consents and tags.") { key };
        return command.Runs(async (session, ct) =>
        {
            var contact = await ContactKey.GetAsync(session, session.Get(key), ct);
            var tags = await TagsOfAsync(session, contact.ContactId, ct);
            var answer = new JsonObject
            {
                ["contact"] = ProtoJson.From(contact),
                ["tags"] = new JsonArray(tags.Select(t => (JsonNode?)t.Name).ToArray()),
            };
            session.Report.Write(answer, () => View(contact, tags));
        });
    }

    private static async Task<IReadOnlyList<Tag>> TagsOfAsync(Session session, int contactId, CancellationToken ct)
    {
        var request = new BatchGetContactTagsRequest { Account = session.RequireAccount(), ContactIds = { contactId } };
        var answer = await session.Services.Tags.BatchGetContactTagsAsync(request, cancellationToken: ct);
        return answer.Contacts[0].Tags;
    }

    private static Table View(Contact contact, IReadOnlyList<Tag> tags)
    {
        var table = Report.Table("attribute", "value");
        foreach (var (name, value) in Attributes(contact).Where(a => a.Value is not ""))
            table.AddRow(name.Cell(), value.Cell());
        foreach (var (field, value) in (contact.Fields?.Fields ?? []).OrderBy(f => f.Key, StringComparer.Ordinal))
            table.AddRow($"fields.{field}".Cell(), value.AsText().Cell());
        foreach (var consent in contact.Consents)
            table.AddRow($"{consent.Channel} consent".ToLowerInvariant().Cell(), $"{consent.State} {consent.Source}".Trim().Cell());
        table.AddRow("tags".Cell(), string.Join(", ", tags.Select(t => t.Name)).Cell());
        return table;
    }

    private static IEnumerable<(string Name, string Value)> Attributes(Contact contact) =>
        ContactColumns.BuiltIn.Select(column => (column.Key, column.Value(contact)));
}
