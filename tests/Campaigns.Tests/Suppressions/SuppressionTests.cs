using Crm.Activity.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Reason = Crm.Activity.V1.Suppression.Types.Reason;

namespace TagSegments.Campaigns.Tests.Suppressions;

public sealed class SuppressionTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Lists_addresses_in_normal_form_page_by_page()
    {
        var account = await world.Apps.NewAccountAsync();
        foreach (var address in new[] { " Bob@X.example", "ann@x.example", "CAT@x.example" })
        {
            await AddAsync(account, address);
        }

        var first = await world.Activities.ListSuppressionsAsync(new() { Account = account, PageSize = 2 });
        var second = await world.Activities.ListSuppressionsAsync(new() { Account = account, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(["ann@x.example", "bob@x.example"], first.Suppressions.Select(s => s.Address));
        Assert.Equal(["cat@x.example"], second.Suppressions.Select(s => s.Address));
    }

    [Fact]
    public async Task Adding_an_address_again_keeps_the_first_reason()
    {
        var account = await world.Apps.NewAccountAsync();
        await AddAsync(account, "ann@x.example", Reason.Complained);

        var again = await AddAsync(account, "Ann@x.example", Reason.Manual);

        Assert.Equal(Reason.Complained, again.Suppression.Reason);
    }

    [Fact]
    public async Task Needs_a_proof_to_lift_a_suppression_and_keeps_it()
    {
        var account = await world.Apps.NewAccountAsync();
        await AddAsync(account, "ann@x.example");

        var refused = await Expect.FailureAsync(
            async () => await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = "ann@x.example", Proof = " " }));
        await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = "Ann@x.example", Proof = "form 17" });

        refused.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "proof");
        Assert.Empty((await world.Activities.CheckSuppressionsAsync(new() { Account = account, Addresses = { "ann@x.example" } })).Suppressions);
        Assert.Equal(["form 17"], await world.QueryAsync<string>(
            "SELECT proof FROM campaigns.suppression_removal JOIN crm.account USING (account_id) WHERE name = @account", new { account }));
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            async () => await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = "ann@x.example", Proof = "x" }));
    }

    [Fact]
    public async Task Suppressions_of_one_account_are_unknown_to_another()
    {
        var (account, other) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        await AddAsync(account, "ann@x.example");

        var found = await world.Activities.CheckSuppressionsAsync(new() { Account = other, Addresses = { "ann@x.example" } });

        Assert.Empty(found.Suppressions);
    }

    [Fact]
    public async Task A_change_of_the_list_moves_the_clock()
    {
        var account = await world.Apps.NewAccountAsync();

        await AddAsync(account, "ann@x.example");
        await AddAsync(account, "ann@x.example");

        Assert.Equal([true], await world.QueryAsync<bool>(
            "SELECT suppressions FROM campaigns.activity_commit JOIN crm.account USING (account_id) WHERE name = @account", new { account }));
    }

    private async Task<AddSuppressionResponse> AddAsync(string account, string address, Reason reason = Reason.Manual) =>
        await world.Activities.AddSuppressionAsync(new() { Account = account, Suppression = new() { Address = address, Reason = reason } });
}
