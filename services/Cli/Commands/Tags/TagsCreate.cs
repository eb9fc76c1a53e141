using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags create`.</summary>
internal static class TagsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The tag's name, for example \"Hot Lead\"; case-sensitive." };
        var documentation = new TagDocumentation();
        var command = new Command("create", "Creates a tag; tells of names that are much alike.") { name };
        documentation.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var tag = new Tag { Name = session.Get(name) };
            documentation.Read(session, tag);
            var request = new CreateTagRequest { Account = session.RequireAccount(), Tag = tag, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.CreateTagAsync(request, cancellationToken: ct);
            TagFindings.Note(session.Report, answer.Findings);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" created with number {answer.Tag.TagId}.");
        });
    }
}
