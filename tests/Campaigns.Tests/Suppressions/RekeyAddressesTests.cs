using Crm.Activity.V1;
using Crm.Segments.V1;
using Npgsql;
using TagSegments.Campaigns.Suppressions;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Suppressions;

/// <summary>Row A1 of the faults: what a former version suppressed, under keys that it only lowered the case of, stays suppressed.</summary>
public sealed class RekeyAddressesTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task A1_former_entries_hold_for_the_keys_of_today_and_are_listed_once()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, "info@bücher.example");
        await world.ContactAsync(account, "ann@x.example");
        var everybody = new FilterSource { Text = "contact_id > 0" };
        await world.ExecuteAsync(
            """
            INSERT INTO campaigns.suppression (account_id, channel, address_key, reason)
            SELECT account_id, channel, key, 2
            FROM crm.account, (VALUES (1, 'info@bücher.example'), (1, 'info@bu' || U&'\0308' || 'cher.example'), (1, 'bob@x.example'), (2, '00436601234567'))
                AS s (channel, key)
            WHERE name = @account
            """,
            new { account });
        Assert.Equal(0, await SuppressedAsync(account, everybody));

        await using (var connection = new NpgsqlConnection(world.Apps.Database.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await using var tx = await connection.BeginTransactionAsync();
            await new RekeyAddresses().ApplyAsync(tx, CancellationToken.None);
            await tx.CommitAsync();
        }

        Assert.Equal(1, await SuppressedAsync(account, everybody));
        var emails = await world.Activities.ListSuppressionsAsync(new() { Account = account });
        Assert.Equal(["bob@x.example", "info@xn--bcher-kva.example"], emails.Suppressions.Select(entry => entry.Address));
        Assert.All(emails.Suppressions, entry => Assert.Equal(Suppression.Types.Reason.Complained, entry.Reason));
        var phones = await world.Activities.ListSuppressionsAsync(new() { Account = account, Channel = Crm.Common.V1.Channel.Sms });
        Assert.Equal("+436601234567", Assert.Single(phones.Suppressions).Address);

        await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = contact.Email, Proof = "they asked" });
        Assert.Equal(0, await SuppressedAsync(account, everybody));
    }

    private async Task<int> SuppressedAsync(string account, FilterSource source) =>
        (await world.Apps.Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account, Source = source })).Channels[0].Suppressed;
}
