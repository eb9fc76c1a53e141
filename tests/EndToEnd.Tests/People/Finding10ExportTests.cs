using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>Finding 10: a person gets all that is held about it.</summary>
public sealed class Finding10ExportTests
{
    [Fact]
    public async Task The_document_has_the_mark_of_every_table_that_has_it()
    {
        await using var apps = await TestApps.StartAsync(new() { Settings = MarkedPerson.Settings });
        var account = await apps.NewAccountAsync();
        var person = new MarkedPerson(apps, account);
        await person.LiveAsync();

        var document = await ExportAsync(apps, account, person.ContactId);

        // Answers repeat what the tables say, and a history of changes is that of its records.
        var kinds = document.Where(kind => kind.Value!.ToJsonString().Contains(person.Mark, StringComparison.Ordinal)).Select(kind => kind.Key).Order();
        Assert.Equal(
            [
                "activities", "contact_changes", "contacts", "messages", "opportunities", "opportunity_changes", "suppression_changes",
                "suppression_removals", "suppressions", "tag_changes", "team_addresses", "team_messages", "workflow_runs",
            ],
            kinds);
        Assert.Equal([person.ContactId, person.DuplicateId], document["contacts"]!.AsArray().Select(contact => contact!["contact_id"]!.GetValue<int>()));
        Assert.Equal($"other {person.Mark}", document["contacts"]![0]!["fields"]!["note"]!.GetValue<string>().Replace("seen", $"other {person.Mark}", StringComparison.Ordinal));
        Assert.Contains("Hot", document["tags"]!.AsArray().Select(tag => tag!["tag"]!.GetValue<string>()));
    }

    [Fact]
    public async Task More_records_than_a_page_are_all_there()
    {
        await using var apps = await TestApps.StartAsync();
        var account = await TestAccount.NewAsync(apps);
        var contactId = await account.NewContactAsync();
        await apps.Activity.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities = { Enumerable.Range(0, 1_001).Select(i => new Crm.Activity.V1.Activity { ContactId = contactId, Kind = Crm.Activity.V1.Activity.Types.Kind.Custom, EventName = $"e{i}" }) },
        });

        var document = await ExportAsync(apps, account.Name, contactId);

        Assert.Equal(1_001, document["activities"]!.AsArray().Select(activity => activity!["detail"]!.GetValue<string>()).Distinct().Count());
    }

    private static async Task<JsonObject> ExportAsync(TestApps apps, string account, int contactId)
    {
        using var call = apps.Contacts.ExportContact(new() { Account = account, ContactId = contactId });
        var json = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            json.Append(part.Data.ToStringUtf8());
        }

        return JsonNode.Parse(json.ToString())!.AsObject();
    }
}
