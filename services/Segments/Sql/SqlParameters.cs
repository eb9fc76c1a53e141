using System.Data;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace TagSegments.Segments.Sql;

/// <summary>The parameters of a compiled filter, with the exact types of PostgreSQL. Can be given to Dapper any number of times.</summary>
internal sealed class SqlParameters : SqlMapper.IDynamicParameters
{
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>Makes the parameters that some relations of an account need.</summary>
    public static SqlParameters Of(int accountId, FilterSources sources)
    {
        var parameters = new SqlParameters();
        parameters.Add("account", accountId);
        foreach (var (name, value) in sources.Parameters)
        {
            parameters.Add(name, value);
        }

        return parameters;
    }

    /// <summary>Adds a parameter under a name.</summary>
    public void Add(string name, object value) => _parameters.Add(new NpgsqlParameter(name, value));

    /// <summary>Adds a value and returns how the SQL refers to it.</summary>
    public string Bind(object value)
    {
        var name = $"p{_parameters.Count}";
        Add(name, value);
        return "@" + name;
    }

    /// <summary>Adds a JSON value and returns how the SQL refers to it.</summary>
    public string BindJson(string json)
    {
        var name = $"p{_parameters.Count}";
        _parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Jsonb) { Value = json });
        return "@" + name;
    }

    /// <summary>The names and values, for tests and logs.</summary>
    public IEnumerable<(string Name, object Value)> Values => _parameters.Select(p => (p.ParameterName, p.Value!));

    /// <summary>Adds copies of the parameters to those of a command.</summary>
    public void AddTo(IDataParameterCollection parameters)
    {
        foreach (var parameter in _parameters)
        {
            parameters.Add(parameter.Clone());
        }
    }

    void SqlMapper.IDynamicParameters.AddParameters(IDbCommand command, SqlMapper.Identity identity) => AddTo(command.Parameters);
}
