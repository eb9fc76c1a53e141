using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using TagSegments.Chaos.Rig;
using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Rolls;

/// <summary>The account of the load: contacts in groups, by a tag each, and a workflow that sends a message.</summary>
internal static class RollWorld
{
    public const string Account = "roll";

    /// <summary>The contacts are numbered from 1 to this.</summary>
    public const int Contacts = 150;

    private const int Groups = 15;

    public static string Address(int contact) => $"contact{contact}@example.com";

    /// <summary>The tag of a contact's group.</summary>
    public static string Group(int contact) => $"Group {contact % Groups}";

    /// <summary>The contacts in a group.</summary>
    public static IEnumerable<int> Members(string group) => Enumerable.Range(1, Contacts).Where(contact => Group(contact) == group);

    /// <summary>Makes it.</summary>
    public static async Task ArrangeAsync(RollRig rig)
    {
        var tags = rig.Connect(Target.Tags);
        var (contacts, library) = (new ContactService.ContactServiceClient(tags), new TagService.TagServiceClient(tags));
        await new AccountService.AccountServiceClient(tags).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        foreach (var name in new[] { WorkflowLoad.SingleTag, "Out" })
        {
            await library.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = name } });
        }

        foreach (var number in Enumerable.Range(1, Contacts))
        {
            await contacts.CreateContactAsync(new CreateContactRequest { Account = Account, Contact = new Contact { Email = Address(number) } });
        }

        foreach (var group in Enumerable.Range(1, Contacts).GroupBy(Group))
        {
            var tag = await library.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = group.Key } });
            await library.BulkTagAsync(new BulkTagRequest { Account = Account, ContactIds = { group }, AddTagIds = { tag.Tag.TagId } });
        }

        await PublishAsync(new WorkflowService.WorkflowServiceClient(rig.Connect(Target.Workflows)));
    }

    private static async Task PublishAsync(WorkflowService.WorkflowServiceClient workflows)
    {
        const string yaml = $"""
            name: {WorkflowLoad.SingleTag}
            triggers:
            - tag:
                tags: [{WorkflowLoad.SingleTag}]
            nodes:
            - id: mark
              add_tag:
                tag: Out
              next: tell
            - id: tell
              send_message:
                subject: Hello
                text: Hello
              next: clear
            - id: clear
              remove_tag:
                tag: Out
            """;
        var created = await workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = Account, Yaml = yaml });
        await workflows.PublishWorkflowAsync(new PublishWorkflowRequest { Account = Account, WorkflowId = created.Workflow.WorkflowId });
    }
}
