using System.Diagnostics;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>Fault B6 of the page of faults: a phone with "bot" in its name counted as a machine, and a bare Mozilla/5.0 as a person.</summary>
public sealed class FaultB6Tests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Linux; Android 8.0.0; CUBOT_P20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.99 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20 PRO) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.0.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; CUBOT_X19 Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/74.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Thunderbird/102.15.1")]
    [InlineData("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10000; Pro)")]
    [InlineData("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")]
    [InlineData("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html")]
    public void FaultB6_people_are_people_whatever_their_phone_is_called(string agent) => Assert.False(Machines.IsAgent(agent));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Mozilla/5.0")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")]
    [InlineData("SomethingNew/1.0 (+https://crawler.example/about)")]
    [InlineData("curl/8.5.0")]
    [InlineData("Wget/1.21")]
    [InlineData("python-requests/2.31.0")]
    [InlineData("Python-urllib/3.11")]
    [InlineData("Java/17.0.2")]
    [InlineData("Go-http-client/2.0")]
    [InlineData("okhttp/4.12.0")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36")]
    [InlineData("Barracuda Sentinel scanner")]
    [InlineData("Mimecast URL Protect")]
    [InlineData("proofpoint-urldefense")]
    public void FaultB6_programs_are_machines(string agent) => Assert.True(Machines.IsAgent(agent));

    // The name is the caller's own words.
    [Fact]
    public void FaultB6_no_name_takes_long_to_read()
    {
        var watch = Stopwatch.StartNew();

        Assert.False(Machines.IsAgent(new string('(', 30_000)));
        Assert.False(Machines.IsAgent(string.Concat(Enumerable.Repeat("Mozilla/5.0 (a", 10_000))));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }
}
