using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Finding 19: imports have limits of size, disk, number and time, and leave nothing on the disk.</summary>
public sealed class ImportLimitTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments-imports-").FullName;
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Services = [Service.Tags],
        Settings = new Dictionary<string, string?>
        {
            ["Imports:MaxMegabytes"] = "2",
            ["Imports:AccountSpoolMegabytes"] = "3",
            ["Imports:SpoolMegabytes"] = "4",
            ["Imports:IdleSeconds"] = "3",
            ["Imports:MaxMinutes"] = "0.15",
            ["Imports:Folder"] = _folder,
            ["Limits:ConcurrentImports"] = "2",
        },
    });

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        Directory.Delete(_folder);
    }

    [Fact]
    public async Task Finding_19_a_file_that_is_too_large_is_refused_and_changes_nothing()
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = await BeginAsync(account.Name, megabytes: 2.5);

        var error = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "data");
        Assert.Equal(0, await account.PositionAsync());
        await AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_the_imports_of_an_account_share_its_disk_and_leave_the_rest_to_others()
    {
        var (account, other, third) = (await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps));
        using var first = await BeginAsync(account.Name, megabytes: 1.9);

        using var second = await BeginAsync(account.Name, megabytes: 1.9);
        var error = await Expect.FailureAsync(() => second.ResponseStream.MoveNext(default));
        using var beside = await BeginAsync(other.Name, megabytes: 1.9);
        using var full = await BeginAsync(third.Name, megabytes: 1.9);
        var overloaded = await Expect.FailureAsync(() => full.ResponseStream.MoveNext(default));

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_spool_bytes", error.Metadata["quota"]);
        Assert.NotNull(error.RetryDelay);
        overloaded.Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
        Assert.NotNull(overloaded.RetryDelay);
        first.Dispose();
        beside.Dispose();
        await AssertFreeAsync(account);
        await AssertFreeAsync(third);
    }

    [Fact]
    public async Task Finding_19_an_account_has_only_so_many_imports_at_once()
    {
        var (account, other) = (await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps));
        using var first = await BeginAsync(account.Name, megabytes: 0.1);
        using var second = await BeginAsync(account.Name, megabytes: 0.1);

        var error = await Eventually.ReadAsync(
            async () => await Record.ExceptionAsync(() => Importer.RunAsync(_apps, account.Name, new(), "a\n1\n")), e => e is RpcException, "a refusal");

        var failure = Expect.Failure(() => throw error!).Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal(("concurrent_imports", "2"), (failure.Metadata["quota"], failure.Metadata["limit"]));
        Assert.NotNull(failure.RetryDelay);
        await AssertFreeAsync(other);
        first.Dispose();
        await AssertFreeAsync(account);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Finding_19_a_client_that_sends_nothing_is_ended(bool begins)
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = begins ? await BeginAsync(account.Name, megabytes: 0.5) : _apps.Imports.Import();

        var error = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_idle_seconds", error.Metadata["quota"]);
        await AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_a_client_that_sends_a_byte_now_and_then_is_ended_too()
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = await BeginAsync(account.Name, megabytes: 0.5);
        var reading = Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));
        while (await Task.WhenAny(reading, Task.Delay(200)) != reading)
        {
            await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8("x") }));
        }

        var error = await reading;

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_minutes", error.Metadata["quota"]);
        await AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_an_upload_has_no_name_that_a_process_could_leave_behind()
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = await BeginAsync(account.Name, megabytes: 1);

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public void Finding_19_the_uploads_fit_where_they_are_kept()
    {
        var limits = new ImportLimits();
        var pod = File.ReadAllText(Path.Combine(Repository.Root, "k8s/base/tags/kustomization.yaml"));
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

        Assert.True(limits.FileBytes <= limits.AccountBytes && limits.AccountBytes < limits.Bytes);
        Assert.True(1024 * Number(pod, @"tmp=(\d+)Gi") > limits.SpoolMegabytes);
        Assert.True(Number(compose, @"/tmp:size=(\d\d\d+)m") > Number(compose, @"Imports__SpoolMegabytes: (\d+)"));
    }

    private static int Number(string text, string pattern) =>
        int.Parse(System.Text.RegularExpressions.Regex.Match(text, pattern).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<AsyncDuplexStreamingCall<ImportRequest, ImportResponse>> BeginAsync(string account, double megabytes)
    {
        var call = _apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account, Options = new() });
        var row = ByteString.CopyFromUtf8("a\n" + string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 1_000)));
        for (var sent = 0; sent < megabytes * 1024 * 1024; sent += row.Length)
        {
            try
            {
                await call.RequestStream.WriteAsync(new() { Data = row });
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // Refused: the answer says why.
                break;
            }
        }

        return call;
    }

    // What an import held is given back once its call has ended.
    private static Task AssertFreeAsync(TestAccount account) => Eventually.ReadAsync(
        async () => await Record.ExceptionAsync(
            () => Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "a" }, "a\n" + string.Concat(Enumerable.Repeat(new string('1', 99) + "\n", 15_000)))),
        error => error is null,
        "an import of 1.5 MB to be taken");
}
