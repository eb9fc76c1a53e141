using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm;

/// <summary>Finding 14: imports and exports of one account kept processors and connections from the other accounts.</summary>
public sealed class Finding14TurnTests : IAsyncLifetime
{
    private TestApps _apps = null!;
    private string _busy = null!;
    private string _quiet = null!;

    public async Task InitializeAsync()
    {
        _apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            Settings = new Dictionary<string, string?> { ["Work:Slots"] = "2", ["Work:SlotsPerAccount"] = "1" },
        });
        (_busy, _quiet) = (await _apps.NewAccountAsync(), await _apps.NewAccountAsync());
    }

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task An_import_waits_for_its_own_account_and_not_for_another_one()
    {
        var turn = await EnterAsync();

        var waiting = ImportAsync(_busy);
        await ImportAsync(_quiet);

        Assert.False(waiting.IsCompleted);
        turn.Dispose();
        await waiting;
    }

    [Fact]
    public async Task The_look_through_a_file_waits_for_its_own_account_and_not_for_another_one()
    {
        var turn = await EnterAsync();

        using var call = await SendAsync(_busy);
        var plan = call.ResponseStream.MoveNext(CancellationToken.None);
        await ImportAsync(_quiet);

        Assert.False(plan.IsCompleted);
        turn.Dispose();
        Assert.True(await plan);
        Assert.Equal(2, call.ResponseStream.Current.Plan.Rows);
    }

    [Fact]
    public async Task An_export_waits_for_its_own_account_and_not_for_another_one()
    {
        await ImportAsync(_busy);
        await ImportAsync(_quiet);
        var turn = await EnterAsync();

        var waiting = ExportAsync(_busy);
        Assert.Equal(2, await ExportAsync(_quiet));

        Assert.False(waiting.IsCompleted);
        turn.Dispose();
        Assert.Equal(2, await waiting);
    }

    // The account has one turn, so this keeps it busy.
    private async Task<IDisposable> EnterAsync()
    {
        var services = _apps.App(Service.Tags).Services;
        var account = await services.GetRequiredService<AccountDirectory>().GetAsync(_busy, default);
        return await services.GetRequiredService<FairQueue>().EnterAsync(account, default);
    }

    private async Task ImportAsync(string account)
    {
        using var call = await SendAsync(account);
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
        }
    }

    private async Task<AsyncDuplexStreamingCall<ImportRequest, ImportResponse>> SendAsync(string account)
    {
        var call = _apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account, Options = new ImportOptions { ExternalIdColumn = "id" } });
        await call.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8("id,first_name\na,Ann\nb,Bob\n") });
        await call.RequestStream.CompleteAsync();
        return call;
    }

    private async Task<long> ExportAsync(string account)
    {
        using var call = new ExportService.ExportServiceClient(_apps.Channel(Service.Tags)).ExportContacts(new() { Account = account });
        var rows = 0L;
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            rows = part.Rows;
        }

        return rows;
    }
}
