using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`pipelines update`.</summary>
internal static class PipelinesUpdate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The pipeline's name." };
        var newName = new Option<string>("--name") { Description = "The new name.", HelpName = "name" };
        var stages = new Option<string[]>("--stage")
        {
            Description = "A stage, OLD=NEW to rename one. All of them, in order, replace the stages there are.",
            HelpName = "name|old=new",
        };
        var command = new Command("update", "Renames a pipeline; renames, reorders, adds and removes stages.") { name, newName, stages };
        return command.Runs(async (session, ct) =>
        {
            var pipeline = (await PipelineKey.GetAsync(session, session.Get(name), ct)).Clone();
            if (session.Get(stages) is { Length: > 0 } wanted)
            {
                var next = wanted.Select(stage => ToStage(pipeline, stage)).ToList();
                pipeline.Stages.Clear();
                pipeline.Stages.Add(next);
            }
            pipeline.Name = session.Get(newName) ?? pipeline.Name;
            var request = new UpdatePipelineRequest { Account = session.RequireAccount(), Pipeline = pipeline, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.UpdatePipelineAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Pipeline, $"Pipeline \"{answer.Pipeline.Name}\": {string.Join(" > ", answer.Pipeline.Stages.Select(s => s.Name))}");
        });
    }

    private static Stage ToStage(Pipeline pipeline, string text) => text.Split('=', 2) switch
    {
        [var old, var renamed] => new Stage { StageId = PipelineKey.StageOf(pipeline, old).StageId, Name = renamed },
        _ => pipeline.Stages.FirstOrDefault(stage => stage.Name == text) ?? new Stage { Name = text },
    };
}
