using Crm.Workflows.V1;
using Google.Protobuf;

namespace TagSegments.Workflows.Definitions;

/// <summary>Definitions as they are stored. What a newer version of the service wrote is read, as far as this one knows it.</summary>
internal static class DefinitionJson
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static Definition Parse(string json) => s_parser.Parse<Definition>(json);

    public static string Format(Definition definition) => JsonFormatter.Default.Format(definition);
}
