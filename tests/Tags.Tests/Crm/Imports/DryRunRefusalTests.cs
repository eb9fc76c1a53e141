using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C21: a dry run also says which refusals of erased people the import would keep, whatever the file says.</summary>
public sealed class DryRunRefusalTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("id,email,status\n1,GONE@example.org,subscribed\n2,ann@example.org,subscribed\n", Channel.Email)]
    [InlineData("id,phone,status\n1,0664 1234567,\n2,0664 7654321,\n", Channel.Sms)]
    [InlineData("id,email,status\n1,gone@example.org,\n3,gone@Example.org,subscribed\n", Channel.Email)]
    public async Task C21_what_an_erased_person_refused_is_shown_and_counted_as_the_import_then_does(string file, Channel channel)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await shared.Apps.Accounts.UpdateAccountAsync(new() { Account = account.Name, Country = "AT" });
        await EraseAsync(account);
        var options = new ImportOptions { ExternalIdColumn = "id", Columns = { ["status"] = channel == Channel.Email ? "consent.email" : "consent.sms" }, DryRun = true };

        var dry = (await Importer.RunAsync(shared.Apps, account.Name, options, file)).Summary;
        options.DryRun = false;
        var real = (await Importer.RunAsync(shared.Apps, account.Name, options, file)).Summary;

        Assert.True(dry.RefusalsKept > 0);
        Assert.Equal((real.Created, real.RefusalsKept), (dry.Created, dry.RefusalsKept));
        foreach (var row in dry.Preview)
        {
            var contact = (await shared.Apps.Contacts.GetContactAsync(new() { Account = account.Name, ExternalId = row.Values["external_id"] })).Contact;
            var consent = contact.Consents.FirstOrDefault(consent => consent.Channel == channel && consent.State != State.Never);
            Assert.Equal(
                consent?.State.ToString().ToLowerInvariant() ?? "",
                row.Values.GetValueOrDefault(channel == Channel.Email ? "consent.email" : "consent.sms", ""));
        }
    }

    private static async Task EraseAsync(TestAccount account)
    {
        var contact = await account.CreateContactAsync(new() { Email = "gone@example.org", Phone = "+43 664 1234567" });
        foreach (var channel in new[] { Channel.Email, Channel.Sms })
        {
            await account.Apps.Contacts.SetConsentAsync(new()
            {
                Account = account.Name,
                ContactId = contact.ContactId,
                Consent = new() { Channel = channel, State = State.Unsubscribed, Source = "link" },
            });
        }

        await account.Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contact.ContactId });
        await Eventually.ReadAsync(
            async () => (await account.Apps.Contacts.ListErasuresAsync(new() { Account = account.Name, Unfinished = true })).Erasures.Count,
            unfinished => unfinished == 0);
    }
}
