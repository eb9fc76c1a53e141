using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Finding 19: imports have limits of size, disk and number, and leave nothing on the disk.</summary>
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
        using var call = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 2.5);

        var error = await Expect.FailureAsync(() => call.Answers.MoveNext(default));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "data");
        Assert.Equal(0, await account.PositionAsync());
        await OpenImport.AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_the_imports_of_an_account_share_its_disk_and_leave_the_rest_to_others()
    {
        var (account, other, third) = (await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps));
        using var first = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 1.9);

        using var second = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 1.9);
        var error = await RefusedAsync(first, second);
        using var beside = await OpenImport.BeginAsync(_apps, other.Name, megabytes: 1.9);
        using var full = await OpenImport.BeginAsync(_apps, third.Name, megabytes: 1.9);
        var overloaded = await RefusedAsync(beside, full);

        error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal("import_spool_bytes", error.Metadata["quota"]);
        Assert.NotNull(error.RetryDelay);
        overloaded.Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
        Assert.NotNull(overloaded.RetryDelay);
        foreach (var import in new[] { first, second, beside, full })
        {
            import.Dispose();
        }

        await OpenImport.AssertFreeAsync(account);
        await OpenImport.AssertFreeAsync(third);
    }

    [Fact]
    public async Task Finding_19_an_account_has_only_so_many_imports_at_once()
    {
        var (account, other) = (await TestAccount.NewAsync(_apps), await TestAccount.NewAsync(_apps));
        // More than a connection takes before the service reads: both are under way.
        using var first = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 1.2);
        using var second = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 1.2);

        var error = await Eventually.ReadAsync(
            async () => await Record.ExceptionAsync(() => Importer.RunAsync(_apps, account.Name, new(), "a\n1\n")), e => e is RpcException, "a refusal");

        var failure = Expect.Failure(() => throw error!).Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
        Assert.Equal(("concurrent_imports", "2"), (failure.Metadata["quota"], failure.Metadata["limit"]));
        Assert.NotNull(failure.RetryDelay);
        await OpenImport.AssertFreeAsync(other);
        first.Dispose();
        await OpenImport.AssertFreeAsync(account);
    }

    [Fact]
    public async Task Finding_19_an_upload_has_no_name_that_a_process_could_leave_behind()
    {
        var account = await TestAccount.NewAsync(_apps);
        using var call = await OpenImport.BeginAsync(_apps, account.Name, megabytes: 1);

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        await call.Requests.CompleteAsync();
        Assert.True(await call.Answers.MoveNext(default));
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

    // Which of two that do not fit together is refused depends on whose bytes come last.
    private static async Task<Failure> RefusedAsync(params OpenImport[] imports) =>
        await await Task.WhenAny(imports.Select(import => Expect.FailureAsync(() => import.Answers.MoveNext(default))));

    private static int Number(string text, string pattern) =>
        int.Parse(System.Text.RegularExpressions.Regex.Match(text, pattern).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
}
