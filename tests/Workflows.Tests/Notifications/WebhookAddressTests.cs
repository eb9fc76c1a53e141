using System.Net;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Tests.Notifications;

public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost:8080/hook")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://0/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://172.31.255.255/")]
    [InlineData("http://192.168.0.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.org/")]
    [InlineData("http://user:secret@8.8.8.8/")]
    [InlineData("not a url")]
    public async Task A_url_that_leads_inside_is_refused_when_it_is_saved(string url) =>
        Assert.NotNull(await WebhookAddress.ProblemAsync(url, allowPrivate: false, CancellationToken.None));

    [Theory]
    [InlineData("https://8.8.8.8/hook")]
    [InlineData("http://[2606:4700::1111]/")]
    public async Task A_public_url_is_accepted(string url) =>
        Assert.Null(await WebhookAddress.ProblemAsync(url, allowPrivate: false, CancellationToken.None));

    [Theory]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.0", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    public void Addresses_are_told_apart_at_the_borders_of_their_networks(string address, bool isPublic) =>
        Assert.Equal(isPublic, WebhookAddress.IsPublic(IPAddress.Parse(address)));
}
