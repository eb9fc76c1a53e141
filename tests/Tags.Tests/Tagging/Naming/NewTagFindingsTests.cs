using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Kind = Crm.Tags.V1.TagFinding.Types.Kind;

namespace TagSegments.Tags.Tests.Tagging.Naming;

/// <summary>The creator of a tag gets the findings about its name at once.</summary>
public sealed class NewTagFindingsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private GovernanceService.GovernanceServiceClient Governance => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task Creating_vip_beside_VIP_succeeds_with_a_warning()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var vip = await account.NewTagAsync("VIP");

        var created = await account.Tags.CreateTagAsync(new CreateTagRequest { Account = account.Name, Tag = new Tag { Name = "vip" } });

        Assert.NotEqual(vip, created.Tag.TagId);
        var finding = Assert.Single(created.Findings);
        Assert.Equal((Kind.NearDuplicate, vip), (finding.Kind, finding.TagIds.Single()));
    }

    [Fact]
    public async Task Renaming_warns_of_others_but_not_of_the_tag_itself()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (partner, customer) = (await account.NewTagAsync("Partner"), await account.NewTagAsync("Customer"));

        Assert.Empty(await RenameAsync(account, partner, "partners"));
        Assert.Equal([customer], Assert.Single(await RenameAsync(account, partner, "Customers")).TagIds);
    }

    [Fact]
    public async Task A_tag_created_on_the_fly_is_checked_too()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactAsync();
        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Warn);
        var request = new AddTagsRequest { Account = account.Name, ContactId = 1, TagNames = { "Fine", "all lower" }, CreateMissing = true };

        var findings = (await account.Tags.AddTagsAsync(request)).Findings;

        Assert.Equal((Kind.Policy, "All Lower"), (Assert.Single(findings).Kind, findings[0].Suggestion));
        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Enforce);
        request.TagNames.Add("lower still");
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.NamingPolicy,
            () => account.Tags.AddTagsAsync(request).ResponseAsync,
            "tag_names[2]");
        Assert.Equal(["Fine", "all lower"], await account.TagsOfAsync(1));
    }

    [Fact]
    public async Task An_import_under_an_enforced_policy_reports_the_rows_and_keeps_tags_that_exist()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewTagAsync("old one");
        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Enforce);
        var options = new ImportOptions { ExternalIdColumn = "id", TagsColumns = { "tags" } };

        var result = await Importer.RunAsync(shared.Apps, account.Name, options, "id,tags\n1,old one\n2,new one\n3,New One\n4,New Ones\n");

        var error = Assert.Single(result.Errors);
        Assert.Equal((3, "tags"), (error.Line, error.Column));
        Assert.Contains("New One", error.Message, StringComparison.Ordinal);
        Assert.Equal(["New One", "New Ones"], result.Summary.TagsCreated.Order(StringComparer.Ordinal));
        Assert.Contains(result.Summary.TagFindings, finding => finding.Kind == Kind.NearDuplicate);
    }

    [Fact]
    public async Task Many_names_that_differ_only_in_a_number_are_values_not_labels()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        for (var seat = 1; seat <= 10; seat++)
        {
            await account.NewTagAsync($"Seat {seat}");
        }

        var check = await Governance.CheckTagNameAsync(new CheckTagNameRequest { Account = account.Name, Name = "Seat 99" });
        var other = await Governance.CheckTagNameAsync(new CheckTagNameRequest { Account = account.Name, Name = "Fair 2026" });

        Assert.Contains(check.Findings, finding => finding.Kind == Kind.UniqueValue);
        Assert.Empty(other.Findings);
    }

    private static async Task<IReadOnlyList<TagFinding>> RenameAsync(TagAccount account, int tagId, string name) =>
        (await account.Tags.UpdateTagAsync(new UpdateTagRequest { Account = account.Name, Tag = new Tag { TagId = tagId, Name = name } })).Findings;

    private async Task SetPolicyAsync(TagAccount account, NamingPolicy.Types.Mode mode) => await Governance.SetNamingPolicyAsync(
        new SetNamingPolicyRequest { Account = account.Name, Policy = new NamingPolicy { Mode = mode, TitleCase = true } });
}
