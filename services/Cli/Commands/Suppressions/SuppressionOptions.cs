using System.CommandLine;
using Crm.Common.V1;

namespace TagSegments.Cli.Commands;

/// <summary>What the commands about suppressed addresses share.</summary>
internal static class SuppressionOptions
{
    public static Option<string> Channel() =>
        new Option<string>("--channel") { Description = "email or sms. Defaults to email.", HelpName = "channel" }.AcceptOnlyFrom("email", "sms");

    public static Channel Read(Session session, Option<string> channel) =>
        session.Get(channel) is "sms" ? Crm.Common.V1.Channel.Sms : Crm.Common.V1.Channel.Email;
}
