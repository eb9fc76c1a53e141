using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Content;

/// <summary>Fault B5 of the page of faults: a misspelt custom field was told by the preview alone. It is told when the message is saved.</summary>
public sealed class FaultB5Tests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private static readonly HashSet<string> s_known = ["city", "visits", "history segment", "colours"];

    [Theory]
    [InlineData("{{ contact.fields.citty }}", "citty", "line 1, column 19", "did you mean city?")]
    [InlineData("Hi\n {{ contact.fields.citty | default: \"you\" }}", "citty", "line 2, column 20", "did you mean city?")]
    [InlineData("{{ contact.fields[\"history segmnt\"] }}", "history segmnt", "line 1", "did you mean history segment?")]
    [InlineData("{{ contact[\"fields\"].vists }}", "vists", "line 1", "did you mean visits?")]
    [InlineData("{% if contact.fields.vip %}x{% endif %}", "vip", "line 1", "")]
    [InlineData("{% if contact.fields.city == \"Graz\" and contact.fields.vip %}x{% endif %}", "vip", "line 1", "")]
    [InlineData("{% if contact.fields.city == \"Graz\" %}x{% elsif contact.first_name == \"A\" %}{{ contact.fields.vip }}{% else %}y{% endif %}", "vip", "line 1", "")]
    [InlineData("{% for c in contact.fields.colours %}{{ contact.fields.vip }}{% endfor %}", "vip", "line 1", "")]
    [InlineData("{% for c in contact.fields.colors %}{{ c }}{% endfor %}", "colors", "line 1", "did you mean colours?")]
    [InlineData("{% unless contact.fields.vip %}x{% endunless %}", "vip", "line 1", "")]
    [InlineData("{% case contact.fields.city %}{% when contact.fields.vip %}x{% endcase %}", "vip", "line 1", "")]
    [InlineData("{{ contact.first_name | append: contact.fields.vip }}", "vip", "line 1", "")]
    [InlineData("{% assign x = contact.fields.vip %}", "vip", "line 1", "")]
    public void FaultB5_an_unknown_custom_field_is_told_with_its_place(string template, string name, string place, string meant)
    {
        var (part, problem) = TemplateRenderer.ProblemOf(new Message { Text = template }, Time, s_known)!.Value;

        Assert.Equal("text", part);
        Assert.Contains($"there is no custom field \"{name}\"", problem, StringComparison.Ordinal);
        Assert.Contains(place, problem, StringComparison.Ordinal);
        Assert.Contains(meant, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ contact.frist_name }}", "contact.frist_name (line 1, column 12); did you mean contact.first_name")]
    [InlineData("Hi\n{% if false %}{{ contact.frist_name }}{% endif %}", "contact.frist_name (line 2, column 26); did you mean contact.first_name")]
    [InlineData("{% for c in contact.fields.colours %}{{ contact[\"emial\"] }}{% endfor %}", "contact.emial (line 1, column 50); did you mean contact.email")]
    [InlineData("{{ first_name }}", "first_name (line 1, column 4); did you mean contact.first_name")]
    [InlineData("{{ contcat.first_name }}", "contcat (line 1, column 4)")]
    [InlineData("{{ contact.tags }}", "contact.tags (line 1, column 12)")]
    public void FaultB5_an_unknown_merge_field_is_told_with_its_place(string template, string told)
    {
        var (_, problem) = TemplateRenderer.ProblemOf(new Message { Text = template }, Time, s_known)!.Value;

        Assert.StartsWith($"there is no merge field {told}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void FaultB5_another_thing_may_be_called_contact() => Assert.Null(
        TemplateRenderer.ProblemOf(new Message { Text = "{% for contact in contact.fields.colours %}{{ contact }}{% endfor %}" }, Time, s_known));

    [Fact]
    public void FaultB5_a_field_behind_another_name_is_told_too() => Assert.Equal(
        ("html", "there is no merge field contact.fields.vip (line 1, column 37)"),
        TemplateRenderer.ProblemOf(new Message { Html = "{% assign f = contact.fields %}{{ f.vip }}" }, Time, s_known));

    [Theory]
    [InlineData("{{ contact.fields.city }} {{ contact.fields[\"history segment\"] | upcase }} {% for c in contact.fields.colours %}{{ c }}{% endfor %}")]
    [InlineData("{% if contact.fields.city %}{{ contact.fields.visits | plus: 1 }}{% endif %} {{ contact.first_name }}")]
    [InlineData("{% assign fields = \"a,b\" | split: \",\" %}{% for f in fields %}{{ f }}{% endfor %}")]
    public void FaultB5_known_fields_are_fine(string template) =>
        Assert.Null(TemplateRenderer.ProblemOf(new Message { Text = template, Html = template }, Time, s_known));

    [Fact]
    public async Task FaultB5_a_campaign_with_an_unknown_field_is_not_saved_and_one_with_a_known_field_is()
    {
        var account = await world.Apps.NewAccountAsync();
        await AddFieldAsync(account, "city");

        var refused = await Expect.FailureAsync(() => world.CreateAsync(
            account, CampaignWorld.Everyone, c => c.Message = CampaignWorld.Text("x", "{{ contact.fields.citty }}")));
        var saved = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message = CampaignWorld.Text("x", "{{ contact.fields.city }}"));
        var changed = await Expect.FailureAsync(() => UpdateAsync(account, saved.CampaignId, "message", c => c.Message = CampaignWorld.Text("{{ contact.fields.nope }}")));

        refused.Is(StatusCode.InvalidArgument, ErrorReason.TemplateInvalid);
        Assert.Contains("campaign.message.text: there is no custom field \"citty\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("campaign.message.subject", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FaultB5_a_campaign_whose_field_was_deleted_can_be_renamed()
    {
        var account = await world.Apps.NewAccountAsync();
        var field = await AddFieldAsync(account, "city");
        var saved = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message = CampaignWorld.Text("x", "{{ contact.fields.city }}"));
        await world.Apps.Fields.DeleteFieldAsync(new() { Account = account, FieldId = field.FieldId });

        var renamed = await UpdateAsync(account, saved.CampaignId, "name", c => c.Name = "Another name");

        Assert.Equal("Another name", renamed.Name);
    }

    [Fact]
    public async Task FaultB5_messages_that_are_checked_for_later_tell_unknown_fields()
    {
        var account = await world.Apps.NewAccountAsync();
        await AddFieldAsync(account, "city");

        var checks = await world.Messages.CheckMessagesAsync(new()
        {
            Account = account,
            Messages = { new[] { "{{ contact.fields.city }}", "{{ contact.fields.town }}" }.Select(text => new CheckedMessage { Message = CampaignWorld.Text("x", text) }) },
        });

        var problem = Assert.Single(checks.Problems);
        Assert.Equal((1, "message.text"), (problem.Index, problem.Field));
    }

    private static TemplateTime Time => new(CancellationToken.None);

    private async Task<Campaign> UpdateAsync(string account, string campaignId, string path, Action<Campaign> change)
    {
        var campaign = new Campaign { CampaignId = campaignId };
        change(campaign);
        return (await world.Campaigns.UpdateCampaignAsync(new() { Account = account, Campaign = campaign, UpdateMask = new() { Paths = { path } } })).Campaign;
    }

    private async Task<Field> AddFieldAsync(string account, string key) => (await world.Apps.Fields.CreateFieldAsync(new()
    {
        Account = account,
        Field = new() { Target = Field.Types.Target.Contact, Key = key, Type = Field.Types.Type.Text },
    })).Field;
}
