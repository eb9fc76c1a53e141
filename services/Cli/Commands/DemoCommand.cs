using System.CommandLine;
using TagSegments.Cli.Demo;

namespace TagSegments.Cli.Commands;

/// <summary>`demo`.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var contacts = new Option<int>("--contacts") { Description = "How many contacts to generate, 1,000 to 1,000,000.", DefaultValueFactory = _ => 20_000, HelpName = "n" };
        contacts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1_000 or > 1_000_000)
                result.AddError("--contacts takes 1,000 to 1,000,000.");
        });
        var command = new Command("demo", "Makes a new account with generated contacts and runs the main job in it: import, tags, segment, campaign, workflow; checks every step.") { contacts };
        return command.Runs((session, ct) =>
            new DemoRun(session.Services, session.Report, TimeProvider.System).RunAsync(session.Account, session.Get(contacts), sink: null, ct));
    }
}
