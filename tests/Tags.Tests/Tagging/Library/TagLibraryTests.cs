using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

public class TagLibraryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Names_are_unique_case_sensitively()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var upper = await account.CreateAsync("VIP");
        var lower = await account.CreateAsync("vip");

        Assert.NotEqual(upper.TagId, lower.TagId);
        Assert.Equal(
            (StatusCode.AlreadyExists, "ALREADY_EXISTS", ""), await TagAccount.FailureAsync(() => account.CreateAsync(" VIP ")));
        Assert.Equal(upper, (await account.Tags.GetTagAsync(new GetTagRequest { Account = account.Name, Name = "VIP" })).Tag);
    }

    [Fact]
    public async Task Names_that_differ_only_in_Unicode_form_are_one()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.CreateAsync("Caf\u00E9");

        Assert.Equal(StatusCode.AlreadyExists, (await TagAccount.FailureAsync(() => account.CreateAsync("Cafe\u0301"))).Code);
    }

    [Fact]
    public async Task Concurrent_creation_of_one_name_yields_one_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => CreatesAsync()));

        Assert.Single(outcomes, created => created);
        Assert.Single((await account.Tags.ListTagsAsync(new ListTagsRequest { Account = account.Name })).Tags);

        async Task<bool> CreatesAsync()
        {
            try
            {
                await account.CreateAsync("Hot Lead");
                return true;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_repeated_creation_with_the_same_request_id_gives_the_same_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var request = new CreateTagRequest { Account = account.Name, Tag = new Tag { Name = "Hot" }, RequestId = "r1" };
        var first = await account.Tags.CreateTagAsync(request);

        Assert.Equal(first, await account.Tags.CreateTagAsync(request));
        request.Tag.Name = "Cold";
        Assert.Equal(
            (StatusCode.FailedPrecondition, "REQUEST_ID_REUSED", ""),
            await TagAccount.FailureAsync(() => account.Tags.CreateTagAsync(request).ResponseAsync));
    }

    [Fact]
    public async Task Rename_makes_no_tag_event()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tag = await account.CreateAsync("Hot");
        var contactId = await account.NewContactAsync();
        await account.AddAsync(contactId, tag.TagId);
        var position = await account.PositionAsync();

        var renamed = (await account.Tags.UpdateTagAsync(new UpdateTagRequest
        {
            Account = account.Name,
            Tag = new Tag { TagId = tag.TagId, Name = "Hotter", Version = tag.Version },
        })).Tag;

        Assert.Equal(("Hotter", tag.Version + 1, 1), (renamed.Name, renamed.Version, renamed.ContactCount));
        Assert.Equal(["Hotter"], await account.TagsOfAsync(contactId));
        Assert.Single(await account.EventsAsync());
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task An_update_changes_what_the_mask_names()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tag = await account.CreateAsync("Hot");

        var update = new UpdateTagRequest
        {
            Account = account.Name,
            Tag = new Tag { TagId = tag.TagId, Description = "Ready to buy", Color = "#ff0000" },
            UpdateMask = new FieldMask { Paths = { "description" } },
        };
        var updated = (await account.Tags.UpdateTagAsync(update)).Tag;

        Assert.Equal(("Hot", "Ready to buy", ""), (updated.Name, updated.Description, updated.Color));
        Assert.Equal(updated, (await account.Tags.UpdateTagAsync(update)).Tag);
    }

    [Fact]
    public async Task An_update_of_an_old_version_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tag = await account.CreateAsync("Hot");
        await account.CreateAsync("Cold");

        Assert.Equal((StatusCode.Aborted, "VERSION_MISMATCH", ""), await RenameAsync("Warm", version: 7));
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS", ""), await RenameAsync("Cold", version: 0));
        Assert.Equal("Hot", (await account.GetAsync(tag.TagId)).Name);

        Task<(StatusCode, string, string)> RenameAsync(string name, long version) => TagAccount.FailureAsync(() =>
            account.Tags.UpdateTagAsync(new UpdateTagRequest
            {
                Account = account.Name,
                Tag = new Tag { TagId = tag.TagId, Name = name, Version = version },
            }).ResponseAsync);
    }

    [Theory]
    [InlineData("", "", "", "tag.name")]
    [InlineData("x\u200B", "", "", "tag.name")]
    [InlineData("x", "", "red", "tag.color")]
    [InlineData("x", "2001", "", "tag.description")]
    public async Task Wrong_attributes_are_refused_with_their_path(string name, string description, string color, string field)
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tag = new Tag { Name = name, Description = description == "2001" ? new string('d', 2001) : description, Color = color };

        var failure = await TagAccount.FailureAsync(() =>
            account.Tags.CreateTagAsync(new CreateTagRequest { Account = account.Name, Tag = tag }).ResponseAsync);

        Assert.Equal((StatusCode.InvalidArgument, "INVALID_FIELD", field), failure);
    }

    [Fact]
    public async Task Tags_of_other_accounts_do_not_exist()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var other = await TagAccount.NewAsync(shared.Apps);
        await other.CreateAsync("First");
        var foreign = await other.CreateAsync("Second");

        Assert.Equal((StatusCode.NotFound, "NOT_FOUND", ""), await TagAccount.FailureAsync(() => account.GetAsync(foreign.TagId)));
        Assert.Equal(
            (StatusCode.NotFound, "ACCOUNT_NOT_FOUND", ""),
            await TagAccount.FailureAsync(() => account.Tags.GetTagAsync(new GetTagRequest { Account = "nobody", TagId = 1 }).ResponseAsync));
    }
}
