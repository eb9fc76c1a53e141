using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Accounts;

/// <summary>Finding 14: an account has as many contacts and tags as its limits allow.</summary>
public sealed class Finding14SizeTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private TestApps Apps => shared.Apps;

    [Fact]
    public async Task Tags_beyond_the_limit_are_refused_until_one_is_deleted()
    {
        var account = await LimitedAsync(new() { Tags = 3 });
        var contact = await account.NewContactAsync();
        var (first, _, last) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"), await CreateTagAsync(account, "c", "third"));

        await RefusedAsync("tags", 3, () => CreateTagAsync(account, "d"));
        await RefusedAsync("tags", 3, () => AddAsync(account, contact, "a", "d"));
        await AddAsync(account, contact, "a", "c");
        Assert.Equal(last, await CreateTagAsync(account, "c", "third"));
        Assert.Equal(["a", "c"], await account.TagsOfAsync(contact));
        await Apps.Tags.DeleteTagAsync(new() { Account = account.Name, TagId = first, Force = true });
        await CreateTagAsync(account, "d");

        await RefusedAsync("tags", 3, () => Apps.Tags.RestoreTagAsync(new() { Account = account.Name, TagId = first }).ResponseAsync);
    }

    [Fact]
    public async Task Contacts_beyond_the_limit_are_refused_until_one_is_deleted()
    {
        var account = await LimitedAsync(new() { Contacts = 2 });
        var (first, second) = (await account.NewContactAsync(), await account.NewContactAsync());

        await RefusedAsync("contacts", 2, () => account.NewContactAsync());
        await account.RestoreContactAsync(second);
        await account.DeleteContactAsync(first);
        await account.NewContactAsync();

        await RefusedAsync("contacts", 2, () => account.RestoreContactAsync(first));
        Assert.Equal(2, (await Apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = "everyone" } })).Count);
    }

    [Fact]
    public async Task An_import_ends_at_the_limit()
    {
        var account = await LimitedAsync(new() { Contacts = 2 });

        await RefusedAsync("contacts", 2, () => ImportAsync(account, "a\nb\nc\n"));

        Assert.Equal(0, (await Apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = "everyone" } })).Count);
        await ImportAsync(account, "a\nb\n");
        await ImportAsync(account, "a\nb\n");
    }

    // The first five need no count. Calls at the same time have to see them all the same.
    [Fact]
    public async Task Contacts_that_are_created_at_once_do_not_pass_the_limit()
    {
        var account = await LimitedAsync(new() { Contacts = 5 });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Expect.StatusAsync(() => account.NewContactAsync())));

        AssertOk(5, statuses);
        Assert.Equal(5, (await Apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = "everyone" } })).Count);
    }

    [Fact]
    public async Task Tags_that_are_created_at_once_do_not_pass_the_limit()
    {
        var account = await LimitedAsync(new() { Tags = 5 });
        var contact = await account.NewContactAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Expect.StatusAsync(
            () => i % 2 == 0 ? CreateTagAsync(account, $"tag {i}") : AddAsync(account, contact, $"tag {i}"))));

        AssertOk(5, statuses);
        Assert.Equal(5, (await Apps.Tags.ListTagsAsync(new() { Account = account.Name })).Tags.Count);
    }

    private static void AssertOk(int count, StatusCode[] statuses)
    {
        Assert.Equal(count, statuses.Count(status => status is StatusCode.OK));
        Assert.All(statuses, status => Assert.True(status is StatusCode.OK or StatusCode.ResourceExhausted, status.ToString()));
    }

    private async Task<TestAccount> LimitedAsync(global::Crm.Accounts.V1.AccountLimits limits)
    {
        var account = await TestAccount.NewAsync(Apps);
        await Apps.Accounts.SetAccountLimitsAsync(new() { Account = account.Name, Limits = limits });
        return account;
    }

    private async Task<int> CreateTagAsync(TestAccount account, string name, string requestId = "") =>
        (await Apps.Tags.CreateTagAsync(new() { Account = account.Name, Tag = new() { Name = name }, RequestId = requestId })).Tag.TagId;

    private Task AddAsync(TestAccount account, int contactId, params string[] names) => Apps.Tags.AddTagsAsync(
        new() { Account = account.Name, ContactId = contactId, TagNames = { names }, CreateMissing = true }).ResponseAsync;

    private async Task ImportAsync(TestAccount account, string rows)
    {
        using var import = Apps.Imports.Import();
        await import.RequestStream.WriteAsync(new() { Account = account.Name, Options = new() { ExternalIdColumn = "id" } });
        await import.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8($"id\n{rows}") });
        await import.RequestStream.CompleteAsync();
        while (await import.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    private static async Task RefusedAsync(string quota, int limit, Func<Task> call)
    {
        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, call);
        Assert.Equal((quota, $"{limit}"), (refused.Metadata["quota"], refused.Metadata["limit"]));
    }
}
