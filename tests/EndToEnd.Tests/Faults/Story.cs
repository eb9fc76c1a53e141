using System.Globalization;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>Contacts of an account who each get a message from a campaign and one from a workflow, exactly one of each whatever happens.</summary>
internal sealed class Story
{
    /// <summary>How many contacts there are.</summary>
    public const int Contacts = 8;

    private Story(TestApps apps, TestAccount account) => (Apps, Account) = (apps, account);

    public TestApps Apps { get; }

    public TestAccount Account { get; }

    /// <summary>The contacts.</summary>
    public IReadOnlyList<int> ContactIds { get; private set; } = [];

    /// <summary>The tag that starts the workflow.</summary>
    public int TagId { get; private set; }

    /// <summary>The campaign to everyone, still to be sent.</summary>
    public string CampaignId { get; private set; } = "";

    /// <summary>Creates the contacts, publishes the workflow and saves the campaign.</summary>
    public static async Task<Story> BeginAsync(TestApps apps)
    {
        const string yaml = """
            name: Welcome
            triggers: [{tag: {tags: [In]}}]
            nodes:
            - {id: mark, add_tag: {tag: Out}, next: tell}
            - {id: tell, send_message: {subject: From a workflow, text: Hello}}
            """;
        var account = await TestAccount.NewAsync(apps);
        var story = new Story(apps, account);
        var contacts = new List<int>();
        for (var i = 0; i < Contacts; i++)
        {
            contacts.Add(await account.NewContactAsync(new() { Email = story.Address(i) }));
        }

        (story.ContactIds, story.TagId) = (contacts, await account.NewTagAsync("In"));
        await account.NewTagAsync("Out");
        var workflow = (await apps.Workflows.CreateWorkflowAsync(new() { Account = account.Name, Yaml = yaml })).Workflow;
        await apps.Workflows.PublishWorkflowAsync(new() { Account = account.Name, WorkflowId = workflow.WorkflowId });
        var campaign = NewCampaign();
        campaign.Audience = new() { Include = { new FilterSource { Text = "everyone" } } };
        story.CampaignId = (await apps.Campaigns.CreateCampaignAsync(new() { Account = account.Name, Campaign = campaign })).Campaign.CampaignId;
        return story;
    }

    /// <summary>A campaign without an audience.</summary>
    public static Campaign NewCampaign() => new()
    {
        Name = "News",
        Channel = Channel.Email,
        Message = new() { FromAddress = "news@sender.example.com", Subject = "From a campaign", Text = "Hello" },
    };

    /// <summary>Sends the campaign, once however often it is called.</summary>
    public SendCampaignRequest Send => new() { Account = Account.Name, CampaignId = CampaignId, RequestId = "send" };

    /// <summary>How many messages workflows have asked for.</summary>
    public Task<long> MessagesOfWorkflowsAsync() =>
        Account.QueryAsync<long>("SELECT count(*) FROM campaigns.single_message JOIN crm.account USING (account_id) WHERE name = @name");

    /// <summary>Waits until so many runs have come to their end.</summary>
    public Task WaitForRunsAsync(int runs = Contacts) => Eventually.ReadAsync(
        () => Account.QueryAsync<long>("SELECT count(*) FROM workflows.run JOIN crm.account USING (account_id) WHERE name = @name AND state = 4"),
        ended => ended == runs);

    /// <summary>The messages that arrived for the contacts.</summary>
    public List<(string Recipient, string? Subject)> Mail() =>
    [
        .. Apps.Smtp.Messages.Select(message => (Recipient: message.Recipients[0], message.Header("Subject")))
            .Where(message => message.Recipient.EndsWith($"@{Account.Name}.example", StringComparison.Ordinal)),
    ];

    /// <summary>Waits for the end, and requires exactly one run and one message of each kind for each contact.</summary>
    public async Task RequireOneOfEachAsync()
    {
        await WaitForRunsAsync();
        await Eventually.ReadAsync(
            async () => (await Apps.Campaigns.GetCampaignAsync(new() { Account = Account.Name, CampaignId = CampaignId })).Campaign.State,
            state => state is Campaign.Types.State.Sent);
        await Eventually.HoldsAsync(() => Mail().Count >= 2 * Contacts);
        var mail = Mail().ToLookup(message => message.Recipient, message => message.Subject);
        Assert.All(Enumerable.Range(0, Contacts), i => Assert.Equal(["From a campaign", "From a workflow"], mail[Address(i)].Order()));
        Assert.Equal(Contacts, await MessagesOfWorkflowsAsync());
        Assert.Equal(Contacts, await Account.QueryAsync<long>(
            "SELECT count(*) FROM workflows.run JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    private string Address(int contact) => $"{contact.ToString(CultureInfo.InvariantCulture)}@{Account.Name}.example";
}
