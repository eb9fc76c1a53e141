using System.CommandLine;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands;

/// <summary>`tags update`.</summary>
internal static class TagsUpdate
{
    public static Command Create()
    {
        var key = TagKey.Argument();
        var name = new Option<string>("--name") { Description = "The new name; see `tags what-if --rename`.", HelpName = "name" };
        var documentation = new TagDocumentation();
        var command = new Command("update", "Renames or documents a tag.") { key, name };
        documentation.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await TagKey.GetAsync(session, session.Get(key), ct);
            var tag = new Tag { TagId = before.TagId, Name = session.Get(name) ?? "" };
            var mask = new FieldMask { Paths = { documentation.Read(session, tag) } };
            if (session.Get(name) is not null)
                mask.Paths.Add("name");
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give --name, --description, --color, --when, --examples or --owner.");

            var request = new UpdateTagRequest { Account = session.RequireAccount(), Tag = tag, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Tags.UpdateTagAsync(request, cancellationToken: ct);
            TagFindings.Note(session.Report, answer.Findings);
            session.Report.Write(answer.Tag, $"Tag \"{answer.Tag.Name}\" updated.");
        });
    }
}
