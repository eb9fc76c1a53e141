using System.Diagnostics;
using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using CampaignState = Crm.Campaigns.V1.Campaign.Types.State;
using DomainState = Crm.Campaigns.V1.SenderDomain.Types.State;

namespace TagSegments.Campaigns.Tests.Senders;

/// <summary>Finding 7 of the security review: an account sends only as addresses of domains that it has proved.</summary>
public sealed class Finding7SenderTests : IAsyncLifetime
{
    private SenderWorld _world = null!;
    private string _account = "";

    public async Task InitializeAsync()
    {
        _world = await SenderWorld.StartAsync();
        _account = await _world.Apps.NewAccountAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("ceo@victim-bank.example")]
    [InlineData("news@notacme.example")]
    [InlineData("news@acme.example.evil.example")]
    [InlineData("shared@operator.example")]
    [InlineData("")]
    public async Task Finding7_no_message_leaves_as_a_sender_that_the_account_has_not_proved(string from)
    {
        await _world.ProveAsync(_account, "acme.example");
        var campaign = await _world.CreateCampaignAsync(_account, from);

        await RefusedAsync(() => _world.SendAsync(_account, from));
        await RefusedAsync(() => _world.Apps.Campaigns.SendCampaignAsync(new() { Account = _account, CampaignId = campaign.CampaignId }).ResponseAsync);
        await RefusedAsync(() => ScheduleAsync(campaign));

        Assert.Empty(_world.Apps.Smtp.Messages);
    }

    [Fact]
    public async Task Finding7_a_domain_counts_once_its_record_is_found_for_its_account_and_with_its_subdomains()
    {
        var other = await _world.Apps.NewAccountAsync();
        await _world.AddAsync(other, "acme.example");
        var added = await _world.AddAsync(_account, "ACME.example");
        Assert.Equal(("acme.example", "_tagsegments.acme.example", DomainState.Pending), (added.Domain, added.RecordName, added.State));
        _world.Dns.Publish(added.RecordName, "v=spf1 -all");
        var notYet = await _world.VerifyAsync(_account, "acme.example");
        Assert.Equal(DomainState.Pending, notYet.State);
        Assert.Contains(added.RecordText, notYet.Problem, StringComparison.Ordinal);

        _world.Dns.Publish(added.RecordName, "v=spf1 -all", added.RecordText);
        var found = await _world.VerifyAsync(_account, "acme.example");

        Assert.Equal((DomainState.Verified, ""), (found.State, found.Problem));
        await _world.SendAsync(_account, "news@acme.example");
        await _world.SendAsync(_account, "news@mail.Acme.example");
        Assert.Equal(DomainState.Pending, (await _world.VerifyAsync(other, "acme.example")).State);
        await RefusedAsync(() => _world.SendAsync(other, "news@acme.example"));
    }

    [Fact]
    public async Task Finding7_a_campaign_whose_domain_is_lost_before_its_time_is_not_sent()
    {
        await _world.ProveAsync(_account, "acme.example");
        var campaign = await _world.CreateCampaignAsync(_account, "news@acme.example");
        await ScheduleAsync(campaign);

        await _world.Apps.Senders.RemoveSenderDomainAsync(new() { Account = _account, Domain = "acme.example" });
        await CampaignWorld.BecomeDueAsync(_world.Apps, campaign.CampaignId);

        var failed = await Eventually.ReadAsync(
            async () => (await _world.Apps.Campaigns.GetCampaignAsync(new() { Account = _account, CampaignId = campaign.CampaignId })).Campaign,
            read => read.State is CampaignState.Failed or CampaignState.Sent,
            "the campaign to end");
        Assert.Equal(CampaignState.Failed, failed.State);
        Assert.Contains("acme.example", failed.Problem, StringComparison.Ordinal);
        Assert.Empty(_world.Apps.Smtp.Messages);
    }

    [Fact]
    public async Task Finding7_a_silent_or_failing_name_server_proves_nothing_and_holds_up_nobody()
    {
        await _world.ProveAsync(_account, "acme.example");
        _world.Dns.IsSilent = true;
        var silent = await _world.VerifyAsync(_account, "acme.example");
        _world.Dns.IsSilent = false;
        _world.Dns.Fails = true;
        var failing = await _world.VerifyAsync(_account, "acme.example");

        Assert.Contains("no answer", silent.Problem, StringComparison.Ordinal);
        Assert.Contains("no answer", failing.Problem, StringComparison.Ordinal);
        Assert.Equal(DomainState.Verified, failing.State);
        Assert.Equal(silent.MissingTime, failing.MissingTime);
    }

    [Fact]
    public async Task Finding7_an_account_asks_the_dns_once_a_second()
    {
        await _world.AddAsync(_account, "acme.example");
        var verify = () => _world.Apps.Senders.VerifySenderDomainAsync(new() { Account = _account, Domain = "acme.example" }).ResponseAsync;

        var time = Stopwatch.StartNew();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Expect.StatusAsync(verify)));

        Assert.Contains(StatusCode.ResourceExhausted, statuses);
        // On a slow machine the calls last for some seconds, each of which allows one more.
        Assert.InRange(statuses.Count(status => status == StatusCode.OK), 1, 5 + (int)time.Elapsed.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example")]
    [InlineData("127.0.0.1")]
    [InlineData("acme_.example")]
    [InlineData("-acme.example")]
    [InlineData("acme..example")]
    public async Task Refuses_what_is_no_domain(string domain) => await Expect.FailureAsync(
        StatusCode.InvalidArgument, ErrorReason.InvalidField, () => _world.AddAsync(_account, domain), "domain");

    [Fact]
    public async Task Lists_domains_by_name_and_keeps_them_to_a_number()
    {
        await _world.Apps.Accounts.SetAccountLimitsAsync(new() { Account = _account, Limits = new() { SenderDomains = 2 } });
        await _world.AddAsync(_account, "Bücher.example");
        await _world.AddAsync(_account, "acme.example");

        await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => _world.AddAsync(_account, "third.example"));
        var first = await _world.Apps.Senders.ListSenderDomainsAsync(new() { Account = _account, PageSize = 1 });
        var second = await _world.Apps.Senders.ListSenderDomainsAsync(new() { Account = _account, PageSize = 1, PageToken = first.NextPageToken });

        Assert.Equal(["acme.example", "xn--bcher-kva.example"], first.Domains.Concat(second.Domains).Select(domain => domain.Domain));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task A_domain_is_had_once_and_unknown_ones_are_not_found()
    {
        await _world.AddAsync(_account, "acme.example");

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => _world.AddAsync(_account, "acme.example"));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => _world.VerifyAsync(_account, "other.example"));
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => _world.Apps.Senders.RemoveSenderDomainAsync(new() { Account = _account, Domain = "other.example" }).ResponseAsync);
    }

    private Task ScheduleAsync(Campaign campaign) => _world.Apps.Campaigns.ScheduleCampaignAsync(new()
    {
        Account = _account,
        CampaignId = campaign.CampaignId,
        Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1)) },
    }).ResponseAsync;

    private static Task RefusedAsync(Func<Task> call) =>
        Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.SenderNotVerified, call);
}
