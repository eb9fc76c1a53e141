using TagSegments.Cli;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>Fault B10: the command line shows times in the zone asked for, and says what a change of clocks makes of a schedule.</summary>
public sealed class FaultB10Tests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        await _cli.JsonAsync(
            "campaigns", "create", "Spring", "--to", "everyone", "--subject", "Hello", "--text", "Hello", "--account", _account);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("2127-03-30T02:30", "Europe/Vienna", "", "is sent at 2127-03-30 03:30:00+02:00. 02:30 does not exist on 2127-03-30 in Europe/Vienna; sent at 03:30.")]
    [InlineData("2127-03-30T02:30", "Europe/Vienna", "UTC", "is sent at 2127-03-30 01:30:00+00:00. 02:30 does not exist on 2127-03-30 in Europe/Vienna; sent at 03:30.")]
    [InlineData("2127-07-01T09:00", "Europe/Vienna", "America/New_York", "is sent at 2127-07-01 03:00:00-04:00.")]
    [InlineData("2127-07-01T09:00:00Z", "", "Asia/Kolkata", "is sent at 2127-07-01 14:30:00+05:30.")]
    public async Task A_schedule_is_told_in_the_zone_asked_for(string at, string zone, string shown, string sentence)
    {
        string[] zones = [.. zone.Length > 0 ? ["--zone", zone] : Array.Empty<string>(), .. shown.Length > 0 ? ["--times-in", shown] : Array.Empty<string>()];

        var result = await _cli.RunAsync(["campaigns", "schedule", "Spring", "--at", at, .. zones, "--account", _account]);

        Assert.True(result.Code == 0, result.Error);
        Assert.EndsWith(sentence, result.Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_in_the_zone_asked_for_and_json_in_utc()
    {
        await _cli.JsonAsync("campaigns", "schedule", "Spring", "--at", "2127-07-01T09:00:00Z", "--account", _account);

        var table = await _cli.RunAsync("campaigns", "status", "Spring", "--times-in", "Europe/Vienna", "--account", _account);
        var json = await _cli.JsonAsync("campaigns", "status", "Spring", "--times-in", "Europe/Vienna", "--account", _account);

        Assert.Contains("2127-07-01 11:00:00+02:00", table.Output, StringComparison.Ordinal);
        Assert.Equal("2127-07-01T09:00:00Z", json["schedule"]!["run_time"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Europe/Atlantis")]
    [InlineData("CEST")]
    [InlineData("+02:00x")]
    public async Task A_zone_that_does_not_exist_is_named(string zone)
    {
        var result = await _cli.RunAsync("tags", "list", "--times-in", zone, "--account", _account);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith($"error: --times-in {zone}: there is no such time zone.", result.Error, StringComparison.Ordinal);
    }
}
