using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Finding 19: imports have limits of time.</summary>
public sealed class ImportTimeTests : IAsyncLifetime
{
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Services = [Service.Tags],
        Settings = new Dictionary<string, string?> { ["Imports:IdleSeconds"] = "5", ["Imports:MaxMinutes"] = "0.2" },
    });

    public Task DisposeAsync() => _apps.DisposeAsync().AsTask();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Finding_19_a_client_that_sends_nothing_is_ended(bool begins)
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = begins ? await OpenImport.BeginAsync(_apps, account.Name, megabytes: 0.5) : OpenImport.Silent(_apps);

        var error = await Expect.FailureAsync(() => call.Answers.MoveNext(default));

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_idle_seconds", error.Metadata["quota"]);
        await OpenImport.AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_a_client_that_sends_a_byte_now_and_then_is_ended_too()
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 0.5);
        var reading = Expect.FailureAsync(() => call.Answers.MoveNext(default));
        while (await Task.WhenAny(reading, Task.Delay(200)) != reading)
        {
            await Record.ExceptionAsync(() => call.Requests.WriteAsync(new() { Data = ByteString.CopyFromUtf8("x") }));
        }

        var error = await reading;

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_minutes", error.Metadata["quota"]);
        await OpenImport.AssertFreeAsync(account);
    }
}
