using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a smart list: by its name or id.</summary>
internal static class SmartListKey
{
    public static Argument<string> Argument() => new("list") { Description = "The smart list's name or id." };

    public static async Task<SmartList> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetSmartListRequest { Account = session.RequireAccount() };
        if (Guid.TryParse(key, out _))
            request.SmartListId = key;
        else
            request.Name = key;
        return (await session.Services.SmartLists.GetSmartListAsync(request, cancellationToken: ct)).SmartList;
    }
}
