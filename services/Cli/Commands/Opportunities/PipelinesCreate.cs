using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`pipelines create`.</summary>
internal static class PipelinesCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The pipeline's name." };
        var stages = new Argument<string[]>("stage") { Description = "The names of its stages in order.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("create", "Creates a pipeline with its stages.") { name, stages };
        return command.Runs(async (session, ct) =>
        {
            var pipeline = new Pipeline { Name = session.Get(name), Stages = { session.Get(stages).Select(stage => new Stage { Name = stage }) } };
            var request = new CreatePipelineRequest { Account = session.RequireAccount(), Pipeline = pipeline, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.CreatePipelineAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Pipeline, $"Pipeline \"{answer.Pipeline.Name}\" created.");
        });
    }
}
