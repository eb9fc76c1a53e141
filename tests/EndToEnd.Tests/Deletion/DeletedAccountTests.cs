using Crm.Auth.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.Deletion;

/// <summary>Nothing happens in a deleted account until it is restored, and then everything goes on.</summary>
public sealed class DeletedAccountTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly TestApps _apps = shared.Apps;

    [Fact]
    public async Task Every_call_of_a_deleted_account_is_refused_until_it_is_restored()
    {
        var account = await _apps.NewAccountAsync();
        var deleted = await _apps.Accounts.DeleteAccountAsync(new() { Account = account });
        Assert.NotNull(deleted.Account.DeleteTime);
        Assert.Equal(deleted.Account.DeleteTime.ToDateTime().AddDays(30), deleted.EraseTime.ToDateTime(), TimeSpan.FromSeconds(1));

        foreach (var call in ApiCall.All.Where(HasAccount))
        {
            var failure = await Eventually.ReadAsync(() => CallAsync(call, account), failure => failure is { Reason: ErrorReason.AccountDeleted });
            Assert.Equal((call.Name, StatusCode.FailedPrecondition, account), (call.Name, failure!.Status, failure.Metadata["account"]));
        }

        var again = await _apps.Accounts.DeleteAccountAsync(new() { Account = account });
        Assert.Equal(deleted, again);
        await _apps.Accounts.RestoreAccountAsync(new() { Account = account });
        Assert.Null((await _apps.Accounts.GetAccountAsync(new() { Account = account })).Account.DeleteTime);
        foreach (var call in ApiCall.All.Where(HasAccount))
        {
            await Eventually.ReadAsync(() => CallAsync(call, account), failure => failure?.Reason is not ErrorReason.AccountDeleted);
        }
    }

    [Fact]
    public async Task Runs_and_sends_of_a_deleted_account_wait_until_it_is_restored()
    {
        var (deleted, other) = (await WaitingAsync(), await WaitingAsync());
        await _apps.Accounts.DeleteAccountAsync(new() { Account = deleted.Name });
        foreach (var call in new[] { "WorkflowService/ListRuns", "CampaignService/ListCampaigns" })
        {
            await Eventually.ReadAsync(
                () => CallAsync(ApiCall.All.Single(each => each.Name.EndsWith(call, StringComparison.Ordinal)), deleted.Name),
                failure => failure is { Reason: ErrorReason.AccountDeleted });
        }

        await DueAsync(deleted, other);
        await Eventually.ReadAsync(() => DoneAsync(other), done => done == (1, 1));

        Assert.Equal((0, 0), await DoneAsync(deleted));
        await _apps.Accounts.RestoreAccountAsync(new() { Account = deleted.Name });
        await Eventually.ReadAsync(() => DoneAsync(deleted), done => done == (1, 1));
    }

    [Fact]
    public async Task An_import_ends_when_its_account_is_deleted()
    {
        var account = await _apps.NewAccountAsync();
        using var import = _apps.Imports.Import();
        await import.RequestStream.WriteAsync(new() { Account = account, Options = new() { ExternalIdColumn = "id" } });
        await import.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8("id,email\n") });
        await _apps.Accounts.DeleteAccountAsync(new() { Account = account });

        var failure = await Expect.FailureAsync(async () =>
        {
            await import.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8("a,a@x.example\n") });
            await import.RequestStream.CompleteAsync();
            await import.ResponseStream.ReadAllAsync().CountAsync();
        });

        failure.Is(StatusCode.FailedPrecondition, ErrorReason.AccountDeleted);
        Assert.Equal(
            0, await new TestAccount(_apps, account).QueryAsync<int>("SELECT count(*)::int FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    // An account with a run that waits for a day and a campaign that is sent in an hour.
    private async Task<TestAccount> WaitingAsync()
    {
        var account = await TestAccount.NewAsync(_apps);
        await account.NewContactAsync(new()
        {
            Email = $"a@{account.Name}.example",
            Consents = { new Consent { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "form" } },
        });
        await account.NewTagAsync("Start");
        await account.NewTagAsync("Waited");
        var workflow = (await _apps.Workflows.CreateWorkflowAsync(new()
        {
            Account = account.Name,
            Yaml = "{name: Slow, triggers: [{tag: {tags: [Start]}}], nodes: [{id: a, wait: {period: 1 day}, next: b}, {id: b, add_tag: {tag: Waited}}]}",
        })).Workflow;
        await _apps.Workflows.PublishWorkflowAsync(new() { Account = account.Name, WorkflowId = workflow.WorkflowId });
        await _apps.Workflows.EnrolContactsAsync(
            new() { Account = account.Name, WorkflowId = workflow.WorkflowId, Source = new() { Text = "everyone" }, RequestId = "enrol" });
        await Eventually.ReadAsync(
            () => account.QueryAsync<int>("SELECT count(*)::int FROM workflows.run r JOIN crm.account USING (account_id) WHERE crm.account.name = @name AND state = 2"),
            waiting => waiting == 1);
        var campaign = (await _apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = account.Name,
            Campaign = new()
            {
                Name = "News",
                Channel = Channel.Email,
                Message = new() { FromAddress = "news@sender.example.com", Subject = "Hello", Text = "Hello" },
                Audience = new() { Include = { new FilterSource { Text = "everyone" } } },
            },
        })).Campaign;
        await _apps.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account.Name,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = DateTime.UtcNow.AddHours(1).ToTimestamp() },
        });
        return account;
    }

    private async Task DueAsync(params TestAccount[] accounts)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        foreach (var account in accounts)
        {
            await connection.ExecuteAsync(
                """
                UPDATE workflows.run SET due_at = now(), expires_at = now() WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @Name);
                UPDATE campaigns.campaign SET run_at = now() WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @Name);
                """,
                new { account.Name });
        }
    }

    // How many runs and how many messages came to their end.
    private static async Task<(int Runs, int Messages)> DoneAsync(TestAccount account) => (
        await account.QueryAsync<int>("SELECT count(*)::int FROM workflows.run r JOIN crm.account a USING (account_id) WHERE a.name = @name AND r.state = 4"),
        await account.QueryAsync<int>("SELECT count(*)::int FROM campaigns.recipient r JOIN crm.account a USING (account_id) WHERE a.name = @name AND r.state = 4"));

    // The platform's calls are about the account and not of it.
    private static bool HasAccount(ApiCall call) =>
        call.Permission is not Permission.PlatformAdmin && call.Descriptor.InputType.FindFieldByName("account") is not null;

    private async Task<Failure?> CallAsync(ApiCall call, string account)
    {
        var type = call.Descriptor.InputType;
        var request = type.Parser.ParseFrom(ByteString.Empty);
        type.FindFieldByName("account").Accessor.SetValue(request, account);
        var options = new CallOptions(deadline: call.IsEndless ? DateTime.UtcNow.AddSeconds(1) : Eventually.Deadline);
        return (await call.CallAsync(_apps.Channel(call.Host).CreateCallInvoker(), options, request.ToByteArray())).Failure;
    }
}
