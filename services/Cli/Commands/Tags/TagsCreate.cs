using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags create`.</summary>
internal static class TagsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The tag's name, for example \"Hot Lead\"; case-sensitive." };
        var description = new Option<string>("--description") { Description = "What the tag means.", HelpName = "text" };
        var color = new Option<string>("--color") { Description = "The colour as #rrggbb.", HelpName = "#rrggbb" };
        var command = new Command("create", "Creates a tag.") { name, description, color };
        return command.Runs(async (session, ct) =>
        {
            var tag = new Tag { Name = session.Get(name), Description = session.Get(description) ?? "", Color = session.Get(color) ?? "" };
            var request = new CreateTagRequest { Account = session.RequireAccount(), Tag = tag, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.CreateTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" created with number {answer.Tag.TagId}.");
        });
    }
}
