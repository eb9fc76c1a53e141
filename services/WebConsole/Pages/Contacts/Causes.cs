using Crm.Common.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Localization;
using TagSegments.WebConsole.Parts;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>Says when, by whom and why something was changed.</summary>
internal static class Causes
{
    public static string Say(IStringLocalizer texts, Timestamp time, Cause? cause, string actor)
    {
        var why = texts[$"Cause.{cause?.Kind ?? Cause.Types.Kind.User}"].Value;
        return string.Join(" · ", new[] { Moments.SayUtc(time), why, actor }.Where(part => part is not ""));
    }
}
