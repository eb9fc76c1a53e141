using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.SmartLists;

/// <summary>Commands that include and exclude contacts of a smart list by hand, through its tags, which are created if missing.</summary>
internal static class SmartListMembers
{
    /// <summary>`smartlists include`.</summary>
    public static Command Include() => Move(
        "include", "Puts contacts into a smart list by hand: adds its include tag and removes its exclude tag.", include: true, "puts them into");

    /// <summary>`smartlists exclude`.</summary>
    public static Command Exclude() => Move(
        "exclude", "Keeps contacts out of a smart list by hand: adds its exclude tag and removes its include tag.", include: false, "keeps them out of");

    private static Command Move(string verb, string description, bool include, string what)
    {
        var key = Keys.SmartList.Argument();
        var contacts = new Argument<string[]>("contact") { Description = "The contacts: numbers, or external:KEY for external ids.", Arity = ArgumentArity.OneOrMore };
        return new Command(verb, description) { key, contacts }.Runs(async (session, ct) =>
        {
            var (list, answer) = await MoveAsync(session, session.Get(key), session.Get(contacts), include, ct);
            var change = answer.Changes[0];
            session.Report.Write(answer, $"{change.Changed} contacts got the tag that {what} \"{list.Name}\", {change.Unchanged} had it.");
        });
    }

    /// <summary>Adds one of the list's tags to contacts and removes the other; returns the list after the change.</summary>
    private static async Task<(SmartList List, BulkTagResponse Answer)> MoveAsync(Session session, string key, string[] contacts, bool include, CancellationToken ct)
    {
        var list = await Keys.SmartList.GetAsync(session, key, ct);
        list = await WithTagAsync(session, list, include, ct);
        var (add, remove) = include ? (list.IncludeTagId, list.ExcludeTagId) : (list.ExcludeTagId, list.IncludeTagId);
        var request = new BulkTagRequest { Account = session.RequireAccount(), AddTagIds = { add }, RequestId = RequestId.New() };
        if (remove > 0)
            request.RemoveTagIds.Add(remove);
        foreach (var contact in contacts)
            request.ContactIds.Add((await Keys.Contact.GetAsync(session, contact, ct)).ContactId);
        return (list, await session.Services.Tags.BulkTagAsync(request, cancellationToken: ct));
    }

    private static async Task<SmartList> WithTagAsync(Session session, SmartList list, bool include, CancellationToken ct)
    {
        if ((include ? list.IncludeTagId : list.ExcludeTagId) > 0)
            return list;

        var tagId = await TagIdAsync(session, $"{(include ? "In" : "Not in")}: {list.Name}", ct);
        var changed = new SmartList { SmartListId = list.SmartListId, IncludeTagId = tagId, ExcludeTagId = tagId };
        return (await session.Services.SmartLists.UpdateSmartListAsync(new UpdateSmartListRequest
        {
            Account = session.RequireAccount(),
            SmartList = changed,
            UpdateMask = FieldMask.FromString(include ? "include_tag_id" : "exclude_tag_id"),
            Version = list.Version,
            RequestId = RequestId.New(),
        }, cancellationToken: ct)).SmartList;
    }

    private static async Task<int> TagIdAsync(Session session, string name, CancellationToken ct)
    {
        var account = session.RequireAccount();
        try
        {
            var create = new CreateTagRequest { Account = account, Tag = new Tag { Name = name }, RequestId = RequestId.New() };
            return (await session.Services.Tags.CreateTagAsync(create, cancellationToken: ct)).Tag.TagId;
        }
        catch (RpcException e) when (e.HasReason("ALREADY_EXISTS"))
        {
            return (await session.Services.Tags.GetTagAsync(new() { Account = account, Name = name }, cancellationToken: ct)).Tag.TagId;
        }
    }
}
