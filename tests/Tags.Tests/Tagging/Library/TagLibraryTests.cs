using Crm.Errors.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

public sealed class TagLibraryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Names_are_unique_case_sensitively()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var upper = await account.CreateTagAsync("VIP");
        var lower = await account.CreateTagAsync("vip");

        Assert.NotEqual(upper.TagId, lower.TagId);
        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => account.CreateTagAsync(" VIP "));
        Assert.Equal(upper, (await account.Tags.GetTagAsync(new GetTagRequest { Account = account.Name, Name = "VIP" })).Tag);
    }

    [Fact]
    public async Task Names_that_differ_only_in_Unicode_form_are_one()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.CreateTagAsync("Caf\u00E9");

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => account.CreateTagAsync("Cafe\u0301"));
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
                await account.CreateTagAsync("Hot Lead");
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
        await Expect.FailureAsync(
            StatusCode.FailedPrecondition,
            ErrorReason.RequestIdReused,
            () => account.Tags.CreateTagAsync(request).ResponseAsync);
    }

    [Fact]
    public async Task Rename_makes_no_tag_event()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tag = await account.CreateTagAsync("Hot");
        var contactId = await account.NewContactAsync();
        await account.AddTagsAsync(contactId, tag.TagId);
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
        var tag = await account.CreateTagAsync("Hot");

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
        var tag = await account.CreateTagAsync("Hot");
        await account.CreateTagAsync("Cold");

        (await RenameAsync("Warm", version: 7)).Is(StatusCode.Aborted, ErrorReason.VersionMismatch);
        (await RenameAsync("Cold", version: 0)).Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists);
        Assert.Equal("Hot", (await account.GetTagAsync(tag.TagId)).Name);

        Task<Failure> RenameAsync(string name, long version) => Expect.FailureAsync(() =>
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

        var failure = await Expect.FailureAsync(() =>
            account.Tags.CreateTagAsync(new CreateTagRequest { Account = account.Name, Tag = tag }).ResponseAsync);

        failure.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, field);
    }

    [Fact]
    public async Task Tags_of_other_accounts_do_not_exist()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var other = await TagAccount.NewAsync(shared.Apps);
        await other.CreateTagAsync("First");
        var foreign = await other.CreateTagAsync("Second");

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.GetTagAsync(foreign.TagId));
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.AccountNotFound,
            () => account.Tags.GetTagAsync(new GetTagRequest { Account = "nobody", TagId = 1 }).ResponseAsync);
    }
}
