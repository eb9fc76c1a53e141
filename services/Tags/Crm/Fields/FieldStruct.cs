using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Custom field values as messages carry them: a struct by field key.</summary>
internal static class FieldStruct
{
    /// <summary>Returns the values of the fields in the catalog.</summary>
    public static Struct ToProto(FieldValues values, FieldCatalog catalog)
    {
        var result = new Struct();
        foreach (var (fieldId, json) in values.All)
        {
            if (catalog.Find(fieldId) is { } field)
            {
                result.Fields.Add(field.Key, FieldParse.ToValue(json));
            }
        }

        return result;
    }

    /// <summary>Adds one value of a request to <paramref name="values"/>, or records the problem with it.</summary>
    public static void Set(FieldValues values, FieldCatalog catalog, string key, Value value, FieldChecks checks, string path)
    {
        if (catalog.Find(key) is not { } field)
        {
            checks.Require(false, path, "is not a custom field of the account");
            return;
        }

        var parse = FieldParse.FromValue(field, value);
        checks.Require(parse.Problem is null, path, parse.Problem ?? "");
        values[field.FieldId] = parse.Json;
    }
}
