using Crm.Campaigns.V1;
using Microsoft.Extensions.Configuration;
using TagSegments.Campaigns.Senders;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Senders;

public sealed class SenderCheckTests
{
    [Fact]
    public async Task Finding7_a_domain_whose_record_is_gone_for_too_long_counts_no_longer()
    {
        await using var world = await SenderWorld.StartAsync(("Senders:CheckInterval", "00:00:00.1"), ("Senders:MissingFor", "00:00:00.5"));
        var account = await world.Apps.NewAccountAsync();
        var domain = await world.ProveAsync(account, "acme.example");
        Assert.Equal(SenderDomain.Types.State.Verified, domain.State);

        world.Dns.Publish(domain.RecordName);

        var lost = await Eventually.ReadAsync(
            async () => Assert.Single((await world.Apps.Senders.ListSenderDomainsAsync(new() { Account = account })).Domains),
            read => read.State is SenderDomain.Types.State.Pending,
            "the domain to be pending");
        Assert.Contains(domain.RecordName, lost.Problem, StringComparison.Ordinal);
        Assert.Null(lost.VerifyTime);
    }

    [Fact]
    public async Task Finding7_accounts_send_as_the_installation_where_the_operator_shares_its_address()
    {
        await using var world = await SenderWorld.StartAsync(("Senders:SharedFrom", "true"));
        var account = await world.Apps.NewAccountAsync();

        await world.SendAsync(account, "");
        await world.SendAsync(account, "Shared@operator.example");

        Assert.All(world.Apps.Smtp.Messages, mail => Assert.Equal("shared@operator.example", mail.Sender, ignoreCase: true));
    }

    [Theory]
    [InlineData("loopback", "127.0.0.1", true)]
    [InlineData("loopback", "::1", true)]
    [InlineData("loopback", "mail.acme.example", false)]
    [InlineData("loopback", "10.0.0.1", false)]
    [InlineData("always", "mail.acme.example", true)]
    [InlineData("*", "127.0.0.1", false)]
    public void Finding7_every_sender_is_believed_only_where_nothing_is_delivered_or_the_operator_says_so(string trust, string host, bool starts)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Senders:Trust"] = trust, ["Smtp:Host"] = host })
            .Build();

        var failure = Record.Exception(() => SenderOptions.From(configuration));

        Assert.Equal(starts, failure is null);
        Assert.True(starts || failure is InvalidOperationException);
    }
}
