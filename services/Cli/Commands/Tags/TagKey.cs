using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a tag: exactly by its name, or as `#NUMBER`, which also finds deleted ones.</summary>
internal static class TagKey
{
    public static Argument<string> Argument() => new("tag") { Description = "The tag's name, exactly; or its number as '#17', in quotes, as # begins a comment in most shells." };

    public static async Task<Tag> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetTagRequest { Account = session.RequireAccount() };
        if (key is ['#', .. var digits] && int.TryParse(digits, out var tagId))
            request.TagId = tagId;
        else
            request.Name = key;
        return (await session.Services.Tags.GetTagAsync(request, cancellationToken: ct)).Tag;
    }

    public static async Task<List<int>> IdsAsync(Session session, IEnumerable<string> keys, CancellationToken ct)
    {
        var ids = new List<int>();
        foreach (var key in keys)
            ids.Add((await GetAsync(session, key, ct)).TagId);
        return ids;
    }
}
