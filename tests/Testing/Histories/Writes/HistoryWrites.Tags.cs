using Crm.Tags.V1;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories.Writes;

/// <summary>This part changes who has which tag, and the names of tags.</summary>
internal sealed partial class HistoryWrites
{
    /// <summary>Adds some tags to some contacts and removes others from them, in one transaction.</summary>
    public async Task BulkTagAsync(HistoryModel model, int[] contactIds, int[] add, int[] remove)
    {
        await HistoryCalls.RepeatAsync(id => apps.Tags.BulkTagAsync(new BulkTagRequest
        {
            Account = account,
            ContactIds = { contactIds },
            AddTagIds = { add },
            RemoveTagIds = { remove },
            RequestId = id,
        }));
        await ApplyAsync(contactIds.Select(id => model.Living[id]), add, remove);
    }

    private async Task AddTagsAsync(HistoryModel model)
    {
        var tagIds = SomeTags(model);
        if (AnyOf(model.Living) is { } contact)
        {
            await HistoryCalls.RepeatAsync(id => apps.Tags.AddTagsAsync(
                new AddTagsRequest { Account = account, ContactId = contact.Id, TagIds = { tagIds }, RequestId = id }));
            await ApplyAsync([contact], tagIds, []);
        }
    }

    private async Task RemoveTagsAsync(HistoryModel model)
    {
        var tagIds = SomeTags(model);
        if (AnyOf(model.Living) is { } contact)
        {
            await HistoryCalls.RepeatAsync(id => apps.Tags.RemoveTagsAsync(
                new RemoveTagsRequest { Account = account, ContactId = contact.Id, TagIds = { tagIds }, RequestId = id }));
            await ApplyAsync([contact], [], tagIds);
        }
    }

    private async Task BulkTagAsync(HistoryModel model)
    {
        var contactIds = model.Living.Keys.Order().Where(_ => Chance(3)).ToArray();
        var add = SomeTags(model);
        var remove = SomeTags(model).Except(add).ToArray();
        if (contactIds.Length > 0)
        {
            await BulkTagAsync(model, contactIds, add, remove);
        }
    }

    // What changes nothing makes no event.
    private async Task ApplyAsync(IEnumerable<WorldContact> contacts, int[] add, int[] remove)
    {
        var changes = contacts
            .SelectMany(contact => add.Select(tagId => (Contact: contact, TagId: tagId, Added: true))
                .Concat(remove.Select(tagId => (Contact: contact, TagId: tagId, Added: false))))
            .Where(change => change.Contact.Tags.Contains(change.TagId) != change.Added)
            .ToList();
        if (changes.Count == 0)
        {
            return;
        }

        var at = await CommitTimeAsync();
        foreach (var (contact, tagId, added) in changes)
        {
            contact.Change(tagId, added, at);
        }
    }

    private async Task RenameTagAsync(HistoryModel model)
    {
        var place = random.Next(model.Tags.Count);
        var name = $"{(Chance(2) ? "Source: " : "v")}{random.Next(1_000_000)}";
        await HistoryCalls.RepeatAsync(id => apps.Tags.UpdateTagAsync(new UpdateTagRequest
        {
            Account = account,
            Tag = new Tag { TagId = model.Tags[place].Id, Name = name },
            UpdateMask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { "name" } },
            RequestId = id,
        }));
        model.Tags[place] = (model.Tags[place].Id, name);
    }
}
